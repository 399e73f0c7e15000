/// Identities of processes, as the kernel reports them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace arena::core {

struct ProcessIdentity {
  std::uint32_t pid;
  /// Start of the process, in clock ticks since boot. It tells a reused pid apart.
  std::uint64_t start_time;
};

/// This process. Correct after fork.
ProcessIdentity this_process();

/// Start time of `pid`, or nothing when there is no such process. Throws std::system_error when the
/// kernel cannot be asked, for example without a free descriptor.
std::optional<std::uint64_t> start_time_of(std::uint32_t pid);

/// Inode of this process's pid namespace. Pids of two namespaces cannot be compared.
std::uint64_t pid_namespace();

std::array<std::uint8_t, 16> boot_id();

/// A pidfd of a process that was alive when it was opened. Readable once the process has ended.
class ProcessWatch {
 public:
  /// Opens the process, or returns nothing when it is proven dead (or when its pid belongs to
  /// another process). Throws std::system_error when the kernel cannot be asked.
  static std::optional<ProcessWatch> open(ProcessIdentity who);
  ~ProcessWatch();
  ProcessWatch(ProcessWatch&& other) noexcept;
  ProcessWatch& operator=(ProcessWatch&& other) noexcept;
  ProcessWatch(const ProcessWatch&) = delete;
  ProcessWatch& operator=(const ProcessWatch&) = delete;

  /// True once every thread of the process has ended: it will never write again.
  bool dead() const;
  int fd() const noexcept { return fd_; }

 private:
  explicit ProcessWatch(int fd) noexcept : fd_(fd) {}
  int fd_;
};

}  // namespace arena::core
