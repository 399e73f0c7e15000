/// Maps a lease's memory at an address of its own, and unmaps it when the lease ends.
///
/// Hardened leases use this. When an operation of fs or net is still in flight after the end of the
/// lease, the kernel's access fails with EFAULT, and does not touch the segment's next unit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace arena::core {

/// A range of addresses that is cut into windows. Addresses are used in turn, so an address is used
/// again only after all others. Any thread may use it.
class LeaseWindows {
 public:
  /// Reserves `size` bytes of addresses, or a half, a quarter and so on when the process may not
  /// reserve as many. Throws ERR_ARENA_OUT_OF_MEMORY.
  explicit LeaseWindows(std::size_t size);
  ~LeaseWindows();
  LeaseWindows(const LeaseWindows&) = delete;
  LeaseWindows& operator=(const LeaseWindows&) = delete;

  /// The windows of this process. They are never destroyed, because an operation may still be in
  /// flight after the arena of its lease was closed.
  static LeaseWindows& of_process();

  /// Maps `size` bytes of a file, shared, or fresh private memory when `fd` is -1. `offset` is a
  /// multiple of the page. Throws ERR_ARENA_OUT_OF_MEMORY.
  std::byte* open(int fd, std::uint64_t offset, std::size_t size);
  void close(std::byte* window) noexcept;

 private:
  std::byte* vacant(std::size_t size);

  std::mutex mutex_;
  std::byte* base_ = nullptr;
  std::size_t size_;
  std::byte* next_;
  /// Open windows, each with its size. The size includes a page behind the window that is never
  /// mapped: without that page the kernel would merge neighbouring mappings, and splitting a merged
  /// mapping can fail.
  std::map<std::byte*, std::size_t> open_;
};

/// Owns one window of this process, or none.
class LeaseWindow {
 public:
  LeaseWindow() = default;
  LeaseWindow(int fd, std::uint64_t offset, std::size_t size)
      : start_(LeaseWindows::of_process().open(fd, offset, size)) {}
  LeaseWindow(LeaseWindow&& other) noexcept : start_(std::exchange(other.start_, nullptr)) {}
  LeaseWindow& operator=(LeaseWindow&& other) noexcept {
    std::swap(start_, other.start_);
    return *this;
  }
  ~LeaseWindow() { close(); }

  std::byte* start() const noexcept { return start_; }
  void close() noexcept {
    if (start_ != nullptr) LeaseWindows::of_process().close(std::exchange(start_, nullptr));
  }

 private:
  std::byte* start_ = nullptr;
};

}  // namespace arena::core
