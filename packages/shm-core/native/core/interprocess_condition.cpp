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
  // SYNC: seq_cst; pairs with the fence in notify: either the notifier sees the bit, or the
  // predicate's second look sees what was published before the notify.
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
  // With sleepers left over the bit must stay. When nobody slept, whoever set it has died or is
  // awake: clearing it changes the word, so that one about to sleep returns at once instead.
  if (count != INT_MAX && futex_wake(state_.event, count) > 0) return;
  while ((event & kParked) != 0 &&
         !state_.event.compare_exchange_weak(event, (event + kSequenceStep) & ~kParked,
                                             std::memory_order_seq_cst)) {
  }
  futex_wake(state_.event, INT_MAX);
}

bool InterprocessCondition::ring_armed(bool all) noexcept {
  bool rang = false;
  for (std::uint32_t word = 0; word < words_; ++word) {
    std::uint64_t bits = state_.armed[word].load(std::memory_order_relaxed);
    while (bits != 0) {
      const std::uint64_t bit = bits & -bits;
      bits &= bits - 1;
      if ((state_.armed[word].fetch_and(~bit, std::memory_order_seq_cst) & bit) == 0) continue;
      // The bit of a peer that died is left over; the next waiter is meant instead.
      if (!ringer_.ring(word * 64 + static_cast<std::uint32_t>(__builtin_ctzll(bit)))) continue;
      rang = true;
      if (!all) return true;
    }
  }
  return rang;
}

void InterprocessCondition::notify_one() noexcept {
  // SYNC: see prepare() and arm().
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!ring_armed(false)) wake_parked(1);
}

void InterprocessCondition::notify_all() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  ring_armed(true);
  wake_parked(INT_MAX);
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
