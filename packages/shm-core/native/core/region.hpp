/// One arena's memory, mapped into this process.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "descriptor.hpp"
#include "failure.hpp"
#include "handle.hpp"
#include "layout.hpp"
#include "lease_windows.hpp"

namespace boost::interprocess {
class mapped_region;
}

namespace arena::core {

struct HeaderContent;
struct Snapshot;

struct CreateOptions {
  RegionConfig config;
  /// Empty for an anonymous region, of which no crash leaves anything behind.
  std::string name;
  /// Touch every page now, so that no first use pays for a page fault.
  bool populate = true;
};

/// The mapping. The record area is mapped twice in a row, so that a record never wraps.
class Region {
 public:
  /// Allocates every byte before it returns. So a full machine causes an error here, and no SIGBUS
  /// later. A failure leaves nothing behind. Throws ERR_ARENA_OUT_OF_MEMORY, ERR_ARENA_NAME_TAKEN,
  /// std::system_error.
  static std::shared_ptr<Region> create(const CreateOptions& options);
  /// Throws ERR_ARENA_STALE_HANDLE, ERR_ARENA_INCOMPATIBLE, ERR_ARENA_SYSTEM, std::system_error.
  static std::shared_ptr<Region> attach(const Handle& handle, bool populate = true);

  /// Removes the name if this process created the region under a name.
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  const RegionConfig& config() const noexcept { return config_; }
  const RegionLayout& layout() const noexcept { return layout_; }
  const Creator& creator() const noexcept { return creator_; }
  /// A handle by which other processes attach to this region while this process lives.
  Handle handle() const;
  /// Removes the name of a region that this process created, unless another arena has the name by
  /// now. Attached processes keep the memory. Later calls do nothing.
  void remove_name() const noexcept;

  Control& control() const noexcept { return *at<Control>(layout_.control); }
  PeerSlot* peers() const noexcept { return at<PeerSlot>(layout_.peers); }
  Cell* cells() const noexcept { return at<Cell>(layout_.cells); }
  SegmentSlot* segment_slots() const noexcept { return at<SegmentSlot>(layout_.segment_slots); }
  LeaseLane* lease_lanes(std::uint32_t segment) const noexcept {
    return at<LeaseLane>(layout_.lease_lanes) + std::uint64_t{segment} * config_.peer_count;
  }
  Loss* losses() const noexcept { return at<Loss>(layout_.losses); }
  /// `capacity` bytes, then the same bytes again.
  std::byte* records() const noexcept { return base_ + layout_.records; }
  std::byte* segment(std::uint32_t index) const noexcept {
    return segments_ + index * layout_.segment_stride;
  }

  /// Maps `size` bytes of a segment, from `bytes` on, once more. Sets `shown` to their address in
  /// the new mapping.
  LeaseWindow open_window(const std::byte* bytes, std::uint64_t size, std::byte*& shown) const;

  /// The state of the arena now, for diagnosis.
  Snapshot snapshot() const;

  /// Marks the region as corrupt for every process and throws CorruptError.
  [[noreturn]] void poison(const char* what, std::uint64_t offset) const;
  /// Marks the region as corrupt without throwing. The next call throws.
  void mark_corrupt(std::uint64_t offset) const noexcept {
    // Relaxed: the flag is never cleared, and no other value is read because of it.
    control().poisoned.store(offset + 1, std::memory_order_relaxed);
  }
  /// Throws CorruptError once any process has poisoned the region.
  void check_poison() const {
    if (control().poisoned.load(std::memory_order_relaxed) != 0) throw_poisoned();
  }

 private:
  Region(Descriptor file, std::string name);
  void map(const HeaderContent& header, bool populate);
  /// Maps a part of the file directly behind the parts that are mapped already.
  void map_next(std::uint64_t file_offset, std::uint64_t size);
  /// False in a forked child: its descriptors share their locks with those of its parent.
  bool in_own_process() const noexcept;
  [[noreturn]] void throw_poisoned() const;

  template <typename T>
  T* at(std::uint64_t offset) const noexcept {
    return reinterpret_cast<T*>(base_ + offset);
  }

  const Descriptor file_;
  const std::string name_;
  const int process_;
  mutable bool removes_name_ = false;
  RegionConfig config_{};
  RegionLayout layout_{};
  Creator creator_{};
  std::byte* base_ = nullptr;
  std::byte* segments_ = nullptr;
  /// Bytes of addresses from base_ on: all reserved ones, and those that parts have replaced.
  std::uint64_t reserved_ = 0;
  std::uint64_t mapped_ = 0;
  std::vector<boost::interprocess::mapped_region> parts_;
};

}  // namespace arena::core
