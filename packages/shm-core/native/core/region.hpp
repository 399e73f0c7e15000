/// One arena's memory, mapped into this process.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "failure.hpp"
#include "layout.hpp"
#include "lease_windows.hpp"

namespace boost::interprocess {
class mapped_region;
}

namespace arena::core {

/// Where an arena can be found: behind a descriptor of a living process, or by name.
struct Handle {
  /// Empty for an anonymous region.
  std::string name;
  std::uint32_t pid = 0;
  int fd = -1;
  std::uint64_t start_time = 0;
  std::uint64_t nonce = 0;

  std::string to_string() const;
  /// Throws ERR_ARENA_HANDLE.
  static Handle parse(const std::string& text);
};

struct CreateOptions {
  RegionConfig config;
  /// Empty for an anonymous region, which leaves nothing behind whoever dies.
  std::string name;
  /// Touch every page now, so that no first use pays for it.
  bool populate = true;
};

/// The mapping. The record area is mapped twice in a row, so that a record never wraps.
class Region {
 public:
  /// Every byte is allocated before this returns: a full machine is an error here and no SIGBUS
  /// later. Throws ERR_ARENA_OUT_OF_MEMORY, ERR_ARENA_NAME_TAKEN, std::system_error.
  static std::shared_ptr<Region> create(const CreateOptions& options);
  /// Throws ERR_ARENA_STALE_HANDLE, ERR_ARENA_INCOMPATIBLE, std::system_error.
  static std::shared_ptr<Region> attach(const Handle& handle, bool populate = true);

  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  const RegionConfig& config() const noexcept { return config_; }
  const RegionLayout& layout() const noexcept { return layout_; }
  const Creator& creator() const noexcept { return creator_; }
  /// Reaches this region while this process lives, whoever created it.
  Handle handle() const;

  Control& control() const noexcept { return *at<Control>(layout_.control); }
  PeerSlot* peers() const noexcept { return at<PeerSlot>(layout_.peers); }
  Cell* cells() const noexcept { return at<Cell>(layout_.cells); }
  SegmentSlot* segment_slots() const noexcept { return at<SegmentSlot>(layout_.segment_slots); }
  LeaseLane* lease_lanes(std::uint32_t segment) const noexcept {
    return at<LeaseLane>(layout_.lease_lanes) + std::uint64_t{segment} * config_.peer_count;
  }
  /// `capacity` bytes, then the same bytes again.
  std::byte* records() const noexcept { return base_ + layout_.records; }
  std::byte* segment(std::uint32_t index) const noexcept {
    return segments_ + index * layout_.segment_stride;
  }

  /// Maps `size` bytes of a segment, from `bytes` on, once more; `shown` becomes where they are
  /// there.
  LeaseWindow open_window(const std::byte* bytes, std::uint64_t size, std::byte*& shown) const;

  /// Marks the region as corrupt for every process and throws CorruptError.
  [[noreturn]] void poison(const char* what, std::uint64_t offset) const;
  /// The same without throwing, where the next call may say it.
  void mark_corrupt(std::uint64_t offset) const noexcept {
    // Relaxed: a flag that is only ever set, and on whose strength nothing else is read.
    control().poisoned.store(offset + 1, std::memory_order_relaxed);
  }
  /// Throws CorruptError once anybody has poisoned the region.
  void check_poison() const {
    if (control().poisoned.load(std::memory_order_relaxed) != 0) throw_poisoned();
  }

 private:
  Region(int fd, std::string name);
  void read_header(std::uint64_t file_size, const char* expectation);
  void map(bool populate);
  /// Maps a part of the file behind what is mapped already.
  void map_next(std::uint64_t file_offset, std::uint64_t size);
  void publish_header(const RegionConfig& config);
  [[noreturn]] void throw_poisoned() const;

  template <typename T>
  T* at(std::uint64_t offset) const noexcept {
    return reinterpret_cast<T*>(base_ + offset);
  }

  int fd_;
  std::string name_;
  RegionConfig config_{};
  RegionLayout layout_{};
  Creator creator_{};
  std::byte* base_ = nullptr;
  std::byte* segments_ = nullptr;
  /// Bytes of addresses from base_ on: all, and those that parts have replaced.
  std::uint64_t reserved_ = 0;
  std::uint64_t mapped_ = 0;
  std::vector<boost::interprocess::mapped_region> parts_;
};

/// A named arena as found on this machine.
struct NamedArena {
  std::string name;
  std::uint64_t size;
  std::uint32_t creator_pid;
  bool creator_alive;
  bool attached;
  bool compatible;
};

/// The named arenas of this user.
std::vector<NamedArena> list_named();

/// Removes named arenas whose creator is proven dead and to which nobody is attached.
std::vector<std::string> sweep_named();

/// Removes the name; whoever is attached keeps the memory. False when there was none.
bool unlink_named(const std::string& name);

}  // namespace arena::core
