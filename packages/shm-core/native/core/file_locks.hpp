/// Locks on the file of a named arena. The kernel drops them when their holder dies.
///
/// They are "open file description" locks on single bytes. Unlike flock they can be asked for
/// without being taken, and a stranger's flock on the same file has no effect on them.
#pragma once

#include <cstdint>

namespace arena::core {

enum class FileLock : std::int64_t {
  /// Shared by everybody who is attached. Whoever has it alone knows that nobody is attached.
  presence = 0,
  /// Had alone by whoever compares the name with the file and removes the name.
  removal = 1,
};

/// Takes the lock together with others. False while somebody has it alone. Never waits.
bool try_share(int fd, FileLock lock);

/// Takes the lock alone. False while anybody else has it. Never waits.
bool try_own(int fd, FileLock lock);

void release(int fd, FileLock lock) noexcept;

/// Whether anybody else has the lock, shared or alone. Takes nothing.
bool is_held(int fd, FileLock lock);

/// Whether somebody else has the lock alone. Takes nothing.
bool is_owned(int fd, FileLock lock);

}  // namespace arena::core
