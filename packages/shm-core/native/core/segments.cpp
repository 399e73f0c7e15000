#include "segments.hpp"

#include "coarse_clock.hpp"

namespace arena::core {

SegmentTable::SegmentTable(const Region& region, const PeerTable& peers, RecordQueue& queue)
    : region_(region),
      peers_(peers),
      queue_(queue),
      slots_(region.segment_slots()),
      count_(region.config().segment_count),
      broadcast_(region.config().broadcast != 0) {}

bool SegmentTable::move(std::uint32_t index, SegmentWord from, SegmentWord to) noexcept {
  std::uint64_t expected = from.pack();
  // SYNC: acq_rel; pairs with itself. The peer that takes the segment over sees every byte that the
  // last holder wrote, and its own writes come after the last holder's reads.
  return slots_[index].word.compare_exchange_strong(expected, to.pack(), std::memory_order_acq_rel);
}

std::optional<OpenSegment> SegmentTable::open(std::uint32_t owner) {
  const std::uint64_t floor = broadcast_ ? queue_.refresh_floor() : 0;
  for (std::uint32_t index = 0; index < count_; ++index) {
    const SegmentWord found = word(index);
    const bool free = found.phase == SegmentPhase::free ||
                      (found.phase == SegmentPhase::shared && passed_by_all(index, floor));
    if (!free) continue;
    const SegmentWord mine{SegmentPhase::open, owner, found.generation + 1};
    if (!move(index, found, mine)) continue;
    slots_[index].since.store(coarse_ms(), std::memory_order_relaxed);
    return OpenSegment{index, mine};
  }
  return std::nullopt;
}

/// A reader takes its lane before it moves on. So once all readers have moved on, an empty lane
/// stays empty.
bool SegmentTable::passed_by_all(std::uint32_t index, std::uint64_t floor) const noexcept {
  return slots_[index].sequence.load(std::memory_order_acquire) < floor && !any_lane(index);
}

bool SegmentTable::any_lane(std::uint32_t index) const noexcept {
  const LeaseLane* lanes = region_.lease_lanes(index);
  for (std::uint32_t peer = 0; peer < peers_.limit(); ++peer) {
    // SYNC: seq_cst; pairs with the fence in Reader::lease.
    if (lanes[peer].load(std::memory_order_seq_cst) != 0) return true;
  }
  return false;
}

void SegmentTable::close(const OpenSegment& segment) noexcept {
  move(segment.index, segment.word, {SegmentPhase::free, 0, segment.word.generation});
}

bool SegmentTable::lease(const RecordView& view, std::uint32_t attempt, std::uint32_t reader,
                         SegmentWord& leased) {
  const std::uint32_t index = view.segment - 1;
  const SegmentWord found = word(index);
  leased = {SegmentPhase::leased, reader, found.generation};
  const bool taken = found.phase == SegmentPhase::open &&
                     is_attempt(found.generation, view.segment_generation, attempt) &&
                     move(index, found, leased);
  if (taken) slots_[index].since.store(coarse_ms(), std::memory_order_relaxed);
  return taken;
}

bool SegmentTable::release(std::uint32_t index, SegmentWord leased) noexcept {
  return move(index, leased, {SegmentPhase::free, 0, leased.generation});
}

void SegmentTable::share(const OpenSegment& segment, std::uint64_t sequence) noexcept {
  // Only raise the number. A survivor that shares for a dead writer may be delayed here; it must
  // not store an old record's number when the segment already carries a later record.
  std::atomic<std::uint64_t>& carrier = slots_[segment.index].sequence;
  std::uint64_t known = carrier.load(std::memory_order_relaxed);
  while (known < sequence &&
         !carrier.compare_exchange_weak(known, sequence, std::memory_order_release)) {
  }
  move(segment.index, segment.word, {SegmentPhase::shared, 0, segment.word.generation});
}

void SegmentTable::lease_lane(std::uint32_t index, const Peer& reader) noexcept {
  region_.lease_lanes(index)[reader.index].store(reader.state.generation,
                                                 std::memory_order_seq_cst);
}

bool SegmentTable::release_lane(std::uint32_t index, const Peer& reader) noexcept {
  std::uint32_t expected = reader.state.generation;
  return region_.lease_lanes(index)[reader.index].compare_exchange_strong(
      expected, 0, std::memory_order_acq_rel);
}

std::uint32_t SegmentTable::free_count() {
  const std::uint64_t floor = broadcast_ ? queue_.refresh_floor() : 0;
  std::uint32_t free = 0;
  for (std::uint32_t index = 0; index < count_; ++index) {
    const SegmentPhase phase = word(index).phase;
    free += phase == SegmentPhase::free ||
            (phase == SegmentPhase::shared && passed_by_all(index, floor));
  }
  return free;
}

std::uint32_t SegmentTable::leased_past() {
  const std::uint64_t floor = queue_.refresh_floor();
  std::uint32_t leased = 0;
  for (std::uint32_t index = 0; index < count_; ++index) {
    leased += word(index).phase == SegmentPhase::shared && any_lane(index) &&
              slots_[index].sequence.load(std::memory_order_acquire) < floor;
  }
  return leased;
}

std::uint32_t SegmentTable::leased_count() const noexcept {
  std::uint32_t leased = 0;
  for (std::uint32_t index = 0; index < count_; ++index) {
    leased += word(index).phase == SegmentPhase::leased;
    if (!broadcast_) continue;
    for (std::uint32_t peer = 0; peer < peers_.limit(); ++peer) {
      leased += region_.lease_lanes(index)[peer].load(std::memory_order_relaxed) != 0;
    }
  }
  return leased;
}

}  // namespace arena::core
