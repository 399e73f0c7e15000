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
  /// Empty for an anonymous region, which leaves nothing behind whoever dies.
  std::string name;
  /// Touch every page now, so that no first use pays for it.
  bool populate = true;
};

/// The mapping. The record area is mapped twice in a row, so that a record never wraps.
class Region {
 public:
  /// Every byte is allocated before this returns: a full machine is an error here and no SIGBUS
  /// later. A failure leaves nothing behind. Throws ERR_ARENA_OUT_OF_MEMORY, ERR_ARENA_NAME_TAKEN,
  /// std::system_error.
  static std::shared_ptr<Region> create(const CreateOptions& options);
  /// Throws ERR_ARENA_STALE_HANDLE, ERR_ARENA_INCOMPATIBLE, ERR_ARENA_SYSTEM, std::system_error.
  static std::shared_ptr<Region> attach(const Handle& handle, bool populate = true);

  /// Removes the name, where this is a named region that was created here.
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  const RegionConfig& config() const noexcept { return config_; }
  const RegionLayout& layout() const noexcept { return layout_; }
  const Creator& creator() const noexcept { return creator_; }
  /// Reaches this region while this process lives, whoever created it.
  Handle handle() const;
  /// Removes the name of a region that was created here, unless another arena has it by now.
  /// Whoever is attached keeps the memory. Later calls do nothing.
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

  /// Maps `size` bytes of a segment, from `bytes` on, once more; `shown` becomes where they are
  /// there.
  LeaseWindow open_window(const std::byte* bytes, std::uint64_t size, std::byte*& shown) const;

  /// What the arena looks like now; for diagnosis.
  Snapshot snapshot() const;

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
  Region(Descriptor file, std::string name);
  void map(const HeaderContent& header, bool populate);
  /// Maps a part of the file behind what is mapped already.
  void map_next(std::uint64_t file_offset, std::uint64_t size);
  /// False in a child that was forked: what it closes is its parent's as well.
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
  /// Bytes of addresses from base_ on: all, and those that parts have replaced.
  std::uint64_t reserved_ = 0;
  std::uint64_t mapped_ = 0;
  std::vector<boost::interprocess::mapped_region> parts_;
};

}  // namespace arena::core
