/// A readers/writer lock between processes. It is made of one kernel semaphore and two condition
/// variables, which are made of semaphores themselves, as in Python's multiprocessing.
///
/// All of it lives in shared memory that begins as zeros. `initialize` has to be called once.
#pragma once

#include <semaphore.h>

#include <cstdint>
#include <optional>

namespace arena::locked {

/// `wait` sleeps until `notify`. Both are called with the lock held. A notifier waits until all
/// woken processes are awake. Only then can the condition be used again.
struct SemaphoreCondition {
  sem_t sleeping;
  sem_t woken;
  sem_t wake;

  void initialize();
  /// Releases `lock` while it waits. False after `milliseconds`; without them it waits for ever.
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
  /// A reader that holds the lock releases it, and takes it again once a writer has held it, or
  /// after `milliseconds`.
  void wait_for_writer(std::uint32_t milliseconds);
};

/// Throws std::system_error.
void initialize(sem_t& semaphore, std::uint32_t value);
void acquire(sem_t& semaphore) noexcept;

}  // namespace arena::locked
