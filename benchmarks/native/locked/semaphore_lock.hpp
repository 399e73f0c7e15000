/// A readers/writer lock between processes out of one kernel semaphore and two condition variables,
/// which are made of semaphores themselves, as those of Python's multiprocessing are.
///
/// All of it lives in shared memory that begins as zeros, except that `initialize` has to be called
/// once.
#pragma once

#include <semaphore.h>

#include <cstdint>
#include <optional>

namespace arena::locked {

/// Sleeps inside `semaphore` and is told by `notify`, both with the lock held. A notifier waits
/// until everybody it woke is awake: only then is the condition ready for the next.
struct SemaphoreCondition {
  sem_t sleeping;
  sem_t woken;
  sem_t wake;

  void initialize();
  /// Lets go of `lock` meanwhile. False when `milliseconds` went by; for ever without them.
  bool wait(sem_t& lock, std::optional<std::uint32_t> milliseconds = std::nullopt);
  void notify(std::uint32_t most);
};

/// Many readers or one writer inside.
struct ReadersWriterLock {
  sem_t lock;
  SemaphoreCondition readers_may_enter;
  SemaphoreCondition writer_may_enter;
  std::uint32_t readers_inside;
  std::uint32_t writer_inside;

  void initialize();
  void enter_as_reader();
  void leave_as_reader();
  void enter_as_writer();
  void leave_as_writer();
  /// For a reader that is inside: leaves until a writer has been inside, or `milliseconds` went by.
  void wait_for_writer(std::uint32_t milliseconds);
};

/// Throws std::system_error.
void initialize(sem_t& semaphore, std::uint32_t value);
void acquire(sem_t& semaphore) noexcept;

}  // namespace arena::locked
