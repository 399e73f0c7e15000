/// Locks on the file of a named arena. The kernel drops them when their holder dies.
///
/// They are "open file description" locks on single bytes. Unlike with flock, a process can ask who
/// holds such a lock without taking it. Another program's flock on the file has no effect on them.
#pragma once

#include <cstdint>

namespace arena::core {

enum class FileLock : std::int64_t {
  /// Every attached process shares it. A process that owns it knows that no process is attached.
  presence = 0,
  /// A process owns it while it compares the name with the file and removes the name.
  removal = 1,
};

/// Shares the lock with other processes. False while another process owns it. Never waits.
bool try_share(int fd, FileLock lock);

/// Owns the lock. False while another process shares or owns it. Never waits.
bool try_own(int fd, FileLock lock);

void release(int fd, FileLock lock) noexcept;

/// Whether another process shares or owns the lock. Takes no lock.
bool is_held(int fd, FileLock lock);

/// Whether another process owns the lock. Takes no lock.
bool is_owned(int fd, FileLock lock);

}  // namespace arena::core
