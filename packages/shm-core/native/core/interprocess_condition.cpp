#include "interprocess_condition.hpp"

#include <algorithm>
#include <climits>

#include "futex.hpp"

namespace arena::core {
namespace {

constexpr std::uint32_t kParked = 1;
constexpr std::uint32_t kSequenceStep = 2;

}  // namespace

std::uint32_t InterprocessCondition::prepare() noexcept {
  // SYNC: seq_cst; pairs with the fence in notify. Either the notifier sees the bit, or the second
  // look at the predicate sees everything that was published before the notify.
  const std::uint32_t before = state_.event.fetch_or(kParked, std::memory_order_seq_cst);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return before | kParked;
}

bool InterprocessCondition::park(std::uint32_t key, Deadline deadline) noexcept {
  std::chrono::nanoseconds sleep = kRecheck;
  if (deadline) {
    const auto left = *deadline - Clock::now();
    if (left <= std::chrono::nanoseconds::zero()) return false;
    sleep = std::min<std::chrono::nanoseconds>(sleep, left);
  }
  futex_wait(state_.event, key, sleep);
  return true;
}

void InterprocessCondition::wake_parked(int count) noexcept {
  std::uint32_t event = state_.event.load(std::memory_order_relaxed);
  if ((event & kParked) == 0) return;
  // The bit must stay while other threads still sleep. When no thread slept, the thread that set
  // the bit is awake or dead. Clearing the bit changes the word, so a thread about to sleep returns
  // at once.
  if (count != INT_MAX && futex_wake(state_.event, count) > 0) return;
  while ((event & kParked) != 0 &&
         !state_.event.compare_exchange_weak(event, (event + kSequenceStep) & ~kParked,
                                             std::memory_order_seq_cst)) {
  }
  futex_wake(state_.event, INT_MAX);
}

template <typename Wanted>
bool InterprocessCondition::ring_armed(bool all, Wanted wanted) noexcept {
  bool rang = false;
  for (std::uint32_t word = 0; word < words_; ++word) {
    std::uint64_t bits = state_.armed[word].load(std::memory_order_relaxed);
    while (bits != 0) {
      const std::uint64_t bit = bits & -bits;
      bits &= bits - 1;
      const std::uint32_t index = word * 64 + static_cast<std::uint32_t>(__builtin_ctzll(bit));
      if (!wanted(index)) continue;
      if ((state_.armed[word].fetch_and(~bit, std::memory_order_seq_cst) & bit) == 0) continue;
      // A dead peer has left this bit. Wake the next waiter instead.
      if (!ringer_.ring(index)) continue;
      rang = true;
      if (!all) return true;
    }
  }
  return rang;
}

void InterprocessCondition::notify_one(Progress progress) noexcept {
  // SYNC: see prepare() and arm().
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const auto due = [&](std::uint32_t index) { return ringer_.ring_from(index) <= progress; };
  if (!ring_armed(false, due)) wake_parked(1);
}

void InterprocessCondition::notify_all(Progress progress) noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  ring_armed(true, [&](std::uint32_t index) { return ringer_.ring_from(index) <= progress; });
  wake_parked(INT_MAX);
}

void InterprocessCondition::ring_patient() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  ring_armed(true, [&](std::uint32_t index) { return ringer_.ring_from(index) != 0; });
}

void InterprocessCondition::arm(std::uint32_t index) noexcept {
  // SYNC: seq_cst; pairs with the fence in notify, as in prepare().
  state_.armed[index / 64].fetch_or(std::uint64_t{1} << (index % 64), std::memory_order_seq_cst);
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

bool InterprocessCondition::disarm(std::uint32_t index) noexcept {
  const std::uint64_t bit = std::uint64_t{1} << (index % 64);
  return (state_.armed[index / 64].fetch_and(~bit, std::memory_order_seq_cst) & bit) != 0;
}

}  // namespace arena::core
