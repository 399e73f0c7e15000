/// A condition variable between processes that survives the death of any of them.
///
/// A process killed inside a pthread (or Boost) condition variable in shared memory wedges the
/// survivors; here the shared state is one futex word and a bit set, and every update is one atomic
/// instruction. A waiter is told by either of two ways: parked threads sleep on the word, event
/// loops arm their peer's bit and have their doorbell rung.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "layout.hpp"

namespace arena::core {

using Clock = std::chrono::steady_clock;
/// Nothing means for ever.
using Deadline = std::optional<Clock::time_point>;

/// How far what waiters wait for has come, for those that asked for no ring before.
using Progress = std::uint64_t;
inline constexpr Progress kRingAll = ~Progress{0};

/// Must not throw.
class Ringer {
 public:
  /// Rings the doorbell of peer `index`; false when nobody is there to hear it.
  virtual bool ring(std::uint32_t index) noexcept = 0;
  /// The progress from which on peer `index` wants a ring; 0 for any.
  virtual Progress ring_from(std::uint32_t index) const noexcept = 0;

 protected:
  ~Ringer() = default;
};

class InterprocessCondition {
 public:
  /// Longest sleep between two looks at the predicate: bounds what a lost wake-up can cost.
  static constexpr std::chrono::milliseconds kRecheck{100};

  InterprocessCondition(ConditionState& state, std::uint32_t peer_count, Ringer& ringer)
      : state_(state), words_((peer_count + 63) / 64), ringer_(ringer) {}

  /// Returns true once `predicate()` holds, false at the deadline. `every_recheck()` runs before
  /// each sleep, at least every 100 ms. The predicate must become true before its notify.
  template <typename Predicate, typename Recheck>
  bool wait(Predicate predicate, Deadline deadline, Recheck every_recheck) {
    for (;;) {
      if (predicate()) return true;
      const std::uint32_t key = prepare();
      if (predicate()) return true;
      every_recheck();
      if (!park(key, deadline)) return predicate();
    }
  }
  template <typename Predicate>
  bool wait(Predicate predicate, Deadline deadline) {
    return wait(predicate, deadline, [] {});
  }

  /// Wakes one waiter (or more), if there is any. Costs a fence and a cache line when there is
  /// none.
  void notify_one(Progress progress = kRingAll) noexcept;
  void notify_all(Progress progress = kRingAll) noexcept;
  /// Rings those that asked for no ring before some progress; nobody else.
  void ring_patient() noexcept;

  /// Asks for a ring of peer `index` at the next notify; look at the predicate again afterwards.
  void arm(std::uint32_t index) noexcept;
  /// Takes that back. False when a ring is under way or has been consumed.
  bool disarm(std::uint32_t index) noexcept;

 private:
  /// Announces a sleeper and returns the word to sleep on.
  std::uint32_t prepare() noexcept;
  /// Sleeps while the word is `key`, at most kRecheck. False at the deadline.
  bool park(std::uint32_t key, Deadline deadline) noexcept;
  void wake_parked(int count) noexcept;
  template <typename Wanted>
  bool ring_armed(bool all, Wanted wanted) noexcept;

  ConditionState& state_;
  std::uint32_t words_;
  Ringer& ringer_;
};

}  // namespace arena::core
