#include "process_identity.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "small_file.hpp"

namespace arena::core {
std::optional<std::uint64_t> start_time_of(std::uint32_t pid) {
  // This is intentional: the file of the main thread, which has the start time of the process.
  // qemu-user invents the file of the process itself, start time included, and only for the process
  // that looks at itself. So two emulated processes would take each other for dead.
  const std::string number = std::to_string(pid);
  const auto read = read_small_file("/proc/" + number + "/task/" + number + "/stat");
  if (!read) return std::nullopt;
  const std::string& stat = *read;
  // The second field, the program's name, may hold spaces and parentheses: count from its end.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::size_t at = name_end + 1;
  for (int field = 2; field < 21; ++field) {
    at = stat.find(' ', at + 1);
    if (at == std::string::npos) return std::nullopt;
  }
  return std::strtoull(stat.c_str() + at, nullptr, 10);
}

ProcessIdentity this_process() {
  const auto pid = static_cast<std::uint32_t>(::getpid());
  return {pid, start_time_of(pid).value_or(0)};
}

std::uint64_t pid_namespace() {
  struct stat status {};
  return ::stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

std::array<std::uint8_t, 16> boot_id() {
  std::array<std::uint8_t, 16> id{};
  std::size_t nibble = 0;
  const std::string text = read_small_file("/proc/sys/kernel/random/boot_id").value_or("");
  for (const char c : text) {
    if (!std::isxdigit(static_cast<unsigned char>(c)) || nibble == 32) continue;
    const int value = c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
    id[nibble / 2] = static_cast<std::uint8_t>(id[nibble / 2] << 4 | value);
    ++nibble;
  }
  return id;
}

std::optional<ProcessWatch> ProcessWatch::open(ProcessIdentity who) {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, who.pid, 0));
  if (fd < 0) {
    // EINVAL, and ENOENT since Linux 6.16: the pid now belongs to a thread of another process.
    if (errno == ESRCH || errno == EINVAL || errno == ENOENT) return std::nullopt;
    throw std::system_error(errno, std::generic_category(), "pidfd_open");
  }
  ProcessWatch watch(fd);
  // Read the start time while the pidfd pins the pid: it is the start time of the process we watch.
  const auto start_time = start_time_of(who.pid);
  if (watch.dead() || (start_time && *start_time != who.start_time)) return std::nullopt;
  return watch;
}

ProcessWatch::~ProcessWatch() {
  if (fd_ >= 0) ::close(fd_);
}
ProcessWatch::ProcessWatch(ProcessWatch&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
ProcessWatch& ProcessWatch::operator=(ProcessWatch&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

bool ProcessWatch::dead() const {
  struct pollfd entry {
    fd_, POLLIN, 0
  };
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLIN) != 0;
}

}  // namespace arena::core
