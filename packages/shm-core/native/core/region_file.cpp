#include "region_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "failure.hpp"
#include "layout.hpp"
#include "memory_budget.hpp"
#include "process_identity.hpp"

namespace arena::core {
namespace {

[[noreturn]] void system_failure(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

/// Free bytes of the file system that holds `fd`.
std::uint64_t free_bytes_behind(int fd) {
  struct statvfs status {};
  return ::fstatvfs(fd, &status) == 0 ? status.f_bavail * status.f_frsize : 0;
}

ArenaFailure file_system_full(int fd, std::uint64_t size, std::uint64_t taken) {
  return ArenaFailure("ERR_ARENA_OUT_OF_MEMORY",
                      "not enough shared memory for the arena: need " + std::to_string(size) +
                          " bytes, " + std::to_string(taken + free_bytes_behind(fd)) +
                          " free. Make the arena smaller, or enlarge /dev/shm.");
}

ArenaFailure stale(const Handle& handle) {
  return ArenaFailure("ERR_ARENA_STALE_HANDLE",
                      "stale arena handle: process " + std::to_string(handle.pid) +
                          " is gone or has closed the arena. Attach while its owner lives.");
}

ArenaFailure not_permitted(const Handle& handle) {
  return ArenaFailure("ERR_ARENA_SYSTEM", "cannot open the arena of process " +
                                              std::to_string(handle.pid) +
                                              ": permission denied. Attach as the user who "
                                              "created it.");
}

/// Throws the error for a failed call on the path of the handle.
[[noreturn]] void refuse(const Handle& handle, const char* call) {
  if (errno == ENOENT || errno == ENXIO || errno == ESRCH) throw stale(handle);
  if (errno == EACCES || errno == EPERM) throw not_permitted(handle);
  system_failure(call);
}

bool is_sealed(int fd) {
  const int seals = ::fcntl(fd, F_GET_SEALS);
  const int wanted = F_SEAL_SHRINK | F_SEAL_GROW;
  return seals >= 0 && (seals & wanted) == wanted;
}

}  // namespace

Descriptor create_sealed_file(std::uint64_t size) {
  Descriptor file(::memfd_create("arena", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) system_failure("memfd_create");
  if (::fchmod(file.get(), 0600) != 0) system_failure("fchmod");
  allocate(file.get(), size);
  // No process can shrink the file, so no access to the mapping ever raises SIGBUS.
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    system_failure("fcntl(F_ADD_SEALS)");
  }
  return file;
}

Descriptor open_behind(const Handle& handle) {
  const auto started = start_time_of(handle.pid);
  if (!started || *started != handle.start_time) throw stale(handle);
  const std::string path =
      "/proc/" + std::to_string(handle.pid) + "/fd/" + std::to_string(handle.fd);
  // The descriptor may mean another file by now. Opening some devices has an effect, and opening a
  // pipe waits for its other end. So open only a regular file.
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) refuse(handle, "stat");
  if (!S_ISREG(status.st_mode)) throw stale(handle);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!file) refuse(handle, "open");
  if (!is_sealed(file.get())) throw stale(handle);
  return file;
}

void allocate(int fd, std::uint64_t size) {
  if (::ftruncate(fd, static_cast<off_t>(size)) != 0) system_failure("ftruncate");
  std::uint64_t longest = size;
  for (std::uint64_t taken = 0; taken < size;) {
    const std::uint64_t step = std::min(next_step(size, taken), longest);
    const int error = ::posix_fallocate(fd, static_cast<off_t>(taken), static_cast<off_t>(step));
    if (error == EINTR) {
      // The kernel has undone the whole step. Under a profiler, which sends a signal every
      // millisecond, only a short step ever ends.
      longest = std::max(kPageSize, step / 2);
      continue;
    }
    if (error == ENOSPC || error == ENOMEM) throw file_system_full(fd, size, taken);
    if (error != 0) throw std::system_error(error, std::generic_category(), "posix_fallocate");
    taken += step;
  }
}

}  // namespace arena::core
