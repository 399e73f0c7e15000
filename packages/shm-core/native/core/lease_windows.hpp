/// Memory that a lease shows at an address of its own, and that is gone from there when it ends.
///
/// For hardened leases: what the kernel still reads or writes there after the end (an operation of
/// fs or net in flight) fails with EFAULT instead of meeting the segment's next unit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace arena::core {

/// A range of addresses from which windows are cut in turn, so that none is used again before all
/// others were. Used by any thread.
class LeaseWindows {
 public:
  /// At most `size` bytes of addresses: half of it, and so on, where this process may not have as
  /// many. Throws ERR_ARENA_OUT_OF_MEMORY.
  explicit LeaseWindows(std::size_t size);
  ~LeaseWindows();
  LeaseWindows(const LeaseWindows&) = delete;
  LeaseWindows& operator=(const LeaseWindows&) = delete;

  /// Those of this process. Never destroyed: an operation may still be in flight when the arena of
  /// its lease is long closed.
  static LeaseWindows& of_process();

  /// `size` bytes of a file, shared; or fresh private memory where `fd` is -1. `offset` is that of
  /// a page. Throws ERR_ARENA_OUT_OF_MEMORY.
  std::byte* open(int fd, std::uint64_t offset, std::size_t size);
  void close(std::byte* window) noexcept;

 private:
  std::byte* vacant(std::size_t size);

  std::mutex mutex_;
  std::byte* base_ = nullptr;
  std::size_t size_;
  std::byte* next_;
  /// Open windows, each with its size and the page behind it, which is never mapped: a neighbour's
  /// mapping would become one with it, and splitting that can fail.
  std::map<std::byte*, std::size_t> open_;
};

/// One window of this process, or none; closed at the end of its life.
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
