#include "file_locks.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

namespace arena::core {
namespace {

/// The byte of a lock. It may lie beyond the end of the file.
struct flock byte_of(FileLock lock, short type) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<off_t>(lock);
  range.l_len = 1;
  return range;
}

bool try_lock(int fd, FileLock lock, short type) {
  struct flock range = byte_of(lock, type);
  if (::fcntl(fd, F_OFD_SETLK, &range) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  throw std::system_error(errno, std::generic_category(), "fcntl(F_OFD_SETLK)");
}

bool conflicts(int fd, FileLock lock, short type) {
  struct flock range = byte_of(lock, type);
  if (::fcntl(fd, F_OFD_GETLK, &range) == 0) return range.l_type != F_UNLCK;
  throw std::system_error(errno, std::generic_category(), "fcntl(F_OFD_GETLK)");
}

}  // namespace

bool try_share(int fd, FileLock lock) { return try_lock(fd, lock, F_RDLCK); }

bool try_own(int fd, FileLock lock) { return try_lock(fd, lock, F_WRLCK); }

void release(int fd, FileLock lock) noexcept {
  struct flock range = byte_of(lock, F_UNLCK);
  (void)::fcntl(fd, F_OFD_SETLK, &range);
}

bool is_held(int fd, FileLock lock) { return conflicts(fd, lock, F_WRLCK); }

bool is_owned(int fd, FileLock lock) { return conflicts(fd, lock, F_RDLCK); }

}  // namespace arena::core
