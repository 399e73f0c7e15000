/// A condition variable between processes that survives the death of any of them.
///
/// A process that is killed inside a pthread (or Boost) condition variable in shared memory blocks
/// the survivors for ever. Here the shared state is one futex word and a set of bits, and every
/// update is one atomic instruction. There are two ways to wait: a thread parks on the futex word,
/// and an event loop arms its peer's bit and waits for a ring of its doorbell.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "layout.hpp"

namespace arena::core {

using Clock = std::chrono::steady_clock;
/// Without a value the wait has no end.
using Deadline = std::optional<Clock::time_point>;

/// How far the arena has come: for a reader that waits, the sequence of the newest record. A waiter
/// may ask for no ring before a certain progress.
using Progress = std::uint64_t;
inline constexpr Progress kRingAll = ~Progress{0};

/// Rings doorbells for a condition. Its functions must not throw.
class Ringer {
 public:
  /// Rings the doorbell of peer `index`. False when no process can hear it.
  virtual bool ring(std::uint32_t index) noexcept = 0;
  /// Peer `index` wants a ring from this progress on; 0 for any progress.
  virtual Progress ring_from(std::uint32_t index) const noexcept = 0;

 protected:
  ~Ringer() = default;
};

class InterprocessCondition {
 public:
  /// Longest sleep between two looks at the predicate. A lost wake-up costs at most this time.
  static constexpr std::chrono::milliseconds kRecheck{100};

  InterprocessCondition(ConditionState& state, std::uint32_t peer_count, Ringer& ringer)
      : state_(state), words_((peer_count + 63) / 64), ringer_(ringer) {}

  /// Returns true once `predicate()` holds, and false at the deadline. `every_recheck()` runs
  /// before each sleep, so at least every 100 ms. A notifier must make the predicate true before it
  /// notifies.
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

  /// Wakes one waiter or more, if there is any. Without a waiter it costs a fence and a cache line.
  void notify_one(Progress progress = kRingAll) noexcept;
  void notify_all(Progress progress = kRingAll) noexcept;
  /// Rings only the waiters that asked for no ring before some progress.
  void ring_patient() noexcept;

  /// Asks for a ring of peer `index` at the next notify. The caller must look at its predicate
  /// again afterwards.
  void arm(std::uint32_t index) noexcept;
  /// Takes the request back. False when the ring is on its way or has come.
  bool disarm(std::uint32_t index) noexcept;

 private:
  /// Announces a sleeper, and returns the value of the futex word to sleep on.
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
