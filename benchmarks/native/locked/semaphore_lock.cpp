#include "semaphore_lock.hpp"

#include <cerrno>
#include <ctime>
#include <system_error>

namespace arena::locked {
namespace {

constexpr std::uint32_t kEverybody = UINT32_MAX;

timespec deadline_after(std::uint32_t milliseconds) {
  timespec when{};
  clock_gettime(CLOCK_REALTIME, &when);
  when.tv_sec += milliseconds / 1000;
  when.tv_nsec += static_cast<long>(milliseconds % 1000) * 1'000'000;
  if (when.tv_nsec >= 1'000'000'000) {
    when.tv_nsec -= 1'000'000'000;
    ++when.tv_sec;
  }
  return when;
}

bool acquire_within(sem_t& semaphore, std::uint32_t milliseconds) noexcept {
  const timespec deadline = deadline_after(milliseconds);
  int outcome = 0;
  do {
    outcome = sem_timedwait(&semaphore, &deadline);
  } while (outcome != 0 && errno == EINTR);
  return outcome == 0;
}

bool try_acquire(sem_t& semaphore) noexcept { return sem_trywait(&semaphore) == 0; }

class Locked {
 public:
  explicit Locked(sem_t& lock) : lock_(lock) { acquire(lock_); }
  ~Locked() { sem_post(&lock_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  sem_t& lock_;
};

}  // namespace

void initialize(sem_t& semaphore, std::uint32_t value) {
  constexpr int kBetweenProcesses = 1;
  if (sem_init(&semaphore, kBetweenProcesses, value) != 0) {
    throw std::system_error(errno, std::generic_category(), "sem_init");
  }
}

void acquire(sem_t& semaphore) noexcept {
  while (sem_wait(&semaphore) != 0) {
  }
}

void SemaphoreCondition::initialize() {
  for (sem_t* semaphore : {&sleeping, &woken, &wake}) locked::initialize(*semaphore, 0);
}

bool SemaphoreCondition::wait(sem_t& lock, std::optional<std::uint32_t> milliseconds) {
  sem_post(&sleeping);
  sem_post(&lock);
  bool told = true;
  if (milliseconds) {
    told = acquire_within(wake, *milliseconds);
  } else {
    acquire(wake);
  }
  sem_post(&woken);
  acquire(lock);
  return told;
}

void SemaphoreCondition::notify(std::uint32_t most) {
  // Some may have given up waiting since the last notify. They no longer sleep.
  while (try_acquire(woken)) (void)try_acquire(sleeping);
  std::uint32_t sleepers = 0;
  for (; sleepers < most && try_acquire(sleeping); ++sleepers) sem_post(&wake);
  if (sleepers == 0) return;
  for (std::uint32_t i = 0; i < sleepers; ++i) acquire(woken);
  // Takes back the wake-ups of processes that have just given up.
  while (try_acquire(wake)) {
  }
}

void ReadersWriterLock::initialize() {
  locked::initialize(lock, 1);
  readers_may_enter.initialize();
  writer_may_enter.initialize();
}

void ReadersWriterLock::enter_as_reader() {
  Locked locked(lock);
  while (writer_inside) readers_may_enter.wait(lock);
  ++readers_inside;
}

void ReadersWriterLock::leave_as_reader() {
  Locked locked(lock);
  if (--readers_inside == 0) writer_may_enter.notify(1);
}

void ReadersWriterLock::enter_as_writer() {
  Locked locked(lock);
  while (writer_inside || readers_inside > 0) writer_may_enter.wait(lock);
  writer_inside = 1;
}

void ReadersWriterLock::leave_as_writer() {
  Locked locked(lock);
  writer_inside = 0;
  readers_may_enter.notify(kEverybody);
  writer_may_enter.notify(1);
}

void ReadersWriterLock::wait_for_writer(std::uint32_t milliseconds) {
  Locked locked(lock);
  --readers_inside;
  writer_may_enter.notify(1);
  readers_may_enter.wait(lock, milliseconds);
  // Waits for a writer that holds the lock now. The reader checks again once it has the lock.
  while (writer_inside) readers_may_enter.wait(lock);
  ++readers_inside;
}

}  // namespace arena::locked
