/// The segments of a pool. One word says which peer holds a segment, and a compare-and-swap moves
/// it.
#pragma once

#include <cstdint>
#include <optional>

#include "peers.hpp"
#include "record_queue.hpp"
#include "region.hpp"

namespace arena::core {

struct OpenSegment {
  std::uint32_t index = 0;
  SegmentWord word;
};

class SegmentTable {
 public:
  SegmentTable(const Region& region, const PeerTable& peers, RecordQueue& queue);

  /// free -> open for writer `owner`. Takes the lowest free segment, because a segment that was
  /// used a moment ago is still in the cache. In a fan-out a segment that every reader has passed
  /// is free.
  std::optional<OpenSegment> open(std::uint32_t owner);
  /// Gives an open segment back.
  void close(const OpenSegment& segment) noexcept;

  /// open -> leased for `reader`. False when the record names a segment that is not queued.
  bool lease(const RecordView& view, std::uint32_t attempt, std::uint32_t reader,
             SegmentWord& leased);
  /// leased -> free. False when the segment does not have the word `leased`.
  bool release(std::uint32_t index, SegmentWord leased) noexcept;

  /// Fan-out: marks a committed record's segment as shared. A reader leases it through its lane.
  void share(const OpenSegment& segment, std::uint64_t sequence) noexcept;
  void lease_lane(std::uint32_t index, const Peer& reader) noexcept;
  bool release_lane(std::uint32_t index, const Peer& reader) noexcept;
  bool any_lane(std::uint32_t index) const noexcept;

  std::uint32_t count() const noexcept { return count_; }
  std::uint32_t free_count();
  /// Fan-out: number of segments that every reader has passed and some reader still leases.
  std::uint32_t leased_past();
  /// Number of leases. In a fan-out every occupied lane counts.
  std::uint32_t leased_count() const noexcept;
  SegmentWord word(std::uint32_t index) const noexcept {
    return SegmentWord::unpack(slots_[index].word.load(std::memory_order_acquire));
  }
  bool move(std::uint32_t index, SegmentWord from, SegmentWord to) noexcept;

 private:
  bool passed_by_all(std::uint32_t index, std::uint64_t floor) const noexcept;

  const Region& region_;
  const PeerTable& peers_;
  RecordQueue& queue_;
  SegmentSlot* slots_;
  std::uint32_t count_;
  bool broadcast_;
};

}  // namespace arena::core
