#include "snapshot_queue.hpp"

#include "coarse_clock.hpp"

namespace arena::core {
namespace {

/// The first record that a cell can still describe, even when `oldest` and positions are damaged.
std::uint64_t first_kept(const RegionWords& words, const Snapshot& found) {
  return found.end > words.config.cell_count ? found.end - words.config.cell_count : 0;
}

bool is_taken(const RegionWords& words, std::uint64_t sequence) {
  if (words.broadcast()) return false;
  const Cell& cell = words.cell(sequence);
  return TakerWord::unpack(RegionWords::read(cell.taker)).reader != TakerWord::kNobody;
}

RecordSnapshot open_record(const RegionWords& words, std::uint64_t now_ms, std::uint64_t sequence,
                           RecordWord word) {
  RecordSnapshot record;
  record.sequence = sequence;
  record.word = word;
  const auto opened = OpenedWord::unpack(RegionWords::read(words.cell(sequence).opened));
  if (opened.is_of(word.turn)) record.open_ms = age_ms(opened.time_ms, now_ms);
  return record;
}

RecordSnapshot committed_record(const RegionWords& words, std::uint64_t sequence, RecordWord word) {
  const Cell& cell = words.cell(sequence);
  RecordSnapshot record;
  record.sequence = sequence;
  record.word = word;
  record.byte_length = RegionWords::read(cell.byte_length);
  const std::uint32_t segment = RegionWords::read(cell.segment);
  if (segment != 0 && segment <= words.config.segment_count) record.segment = segment - 1;
  if (is_taken(words, sequence)) {
    record.taker = TakerWord::unpack(RegionWords::read(cell.taker)).reader;
  }
  return record;
}

/// The holders and the use of a segment. Nothing for a free segment.
std::optional<SegmentSnapshot> used_segment(const RegionWords& words, const Snapshot& found,
                                            std::uint32_t index) {
  using Use = SegmentSnapshot::Use;
  const SegmentSlot& slot = words.segment(index);
  const SegmentWord word = SegmentWord::unpack(RegionWords::read(slot.word));
  SegmentSnapshot segment;
  segment.index = index;
  segment.generation = word.generation;
  switch (word.phase) {
    case SegmentPhase::free:
      return std::nullopt;
    case SegmentPhase::open:
    case SegmentPhase::leased:
      segment.use = word.phase == SegmentPhase::open ? Use::open : Use::leased;
      segment.holders.push_back(word.owner);
      return segment;
    case SegmentPhase::shared:
      break;
  }
  for (std::uint32_t peer = 0; peer < words.peer_limit(); ++peer) {
    if (words.has_lane(index, peer)) segment.holders.push_back(peer);
  }
  const bool passed = RegionWords::read(slot.sequence) < found.floor;
  if (passed && segment.holders.empty()) return std::nullopt;
  segment.use = passed ? Use::leased : Use::queued;
  return segment;
}

}  // namespace

std::uint64_t floor_of(const RegionWords& words, const Snapshot& found) {
  std::uint64_t floor = found.oldest;
  if (words.overwrite()) return floor;
  if (!words.broadcast()) {
    for (; floor < found.end; ++floor) {
      const auto word = words.record(floor);
      if (!word || word->phase != RecordPhase::skipped) break;
    }
    return floor;
  }
  std::uint64_t slowest = kNoPosition;
  for (const PeerSnapshot& peer : found.peers) {
    slowest = std::min(slowest, peer.position.value_or(kNoPosition));
  }
  // Without readers the arena keeps its records for the next reader.
  return std::min(slowest == kNoPosition ? floor : slowest, found.end);
}

void look_at_records(const RegionWords& words, std::uint64_t now_ms, Snapshot& found) {
  const std::uint64_t capacity = words.config.capacity >> words.config.granule_shift;
  const std::uint64_t first = std::max(found.floor, first_kept(words, found));
  std::uint64_t used = 0;
  for (std::uint64_t sequence = first; sequence < found.end; ++sequence) {
    const auto word = words.record(sequence);
    if (!word) continue;
    used += word->span;
    if (word->phase == RecordPhase::skipped) continue;
    const RecordSnapshot record = word->open() ? open_record(words, now_ms, sequence, *word)
                                               : committed_record(words, sequence, *word);
    found.open_records += word->open();
    found.taken_records += record.taker.has_value();
    found.unread_records += !word->open() && !record.taker;
    if (record.segment && !record.taker) found.queued_in.insert(*record.segment);
    if (found.records.size() < kMostListed) found.records.push_back(record);
  }
  found.free_granules = used < capacity ? capacity - used : 0;
  found.free_cells = words.config.cell_count - (found.end - first);
}

void look_at_segments(const RegionWords& words, std::uint64_t now_ms, Snapshot& found) {
  using Use = SegmentSnapshot::Use;
  for (std::uint32_t index = 0; index < words.config.segment_count; ++index) {
    auto segment = used_segment(words, found, index);
    if (!segment) {
      ++found.free_segments;
      continue;
    }
    if (segment->use == Use::open && found.queued_in.contains(index)) {
      segment->use = Use::queued;
      segment->holders.clear();
    }
    segment->age_ms = age_ms(RegionWords::read(words.segment(index).since), now_ms);
    found.open_segments += segment->use == Use::open;
    found.queued_segments += segment->use == Use::queued;
    found.leased_segments += segment->use == Use::leased;
    if (found.segments.size() < kMostListed) found.segments.push_back(std::move(*segment));
  }
}

void look_at_next(const RegionWords& words, const Snapshot& found, PeerSnapshot& reader) {
  const std::uint64_t from = reader.position.value_or(found.floor);
  const bool lapped = words.overwrite() && from < found.oldest;
  std::uint64_t next = std::max({from, lapped ? found.oldest : 0, first_kept(words, found)});
  auto word = words.record(next);
  while (next < found.end && word && !word->open() &&
         (word->phase == RecordPhase::skipped || is_taken(words, next))) {
    word = words.record(++next);
  }
  reader.next_sequence = next;
  reader.behind = found.end - std::min(next, found.end);
  if (lapped) {
    reader.next = Next::lapped;
  } else if (next < found.end && word) {
    reader.next = word->open() ? Next::open : Next::committed;
  }
}

bool has_room(const RegionWords& words, const Snapshot& found, Placement wanted) {
  const bool readers = std::any_of(found.peers.begin(), found.peers.end(),
                                   [](const auto& peer) { return peer.position.has_value(); });
  const bool nobody_reads = words.broadcast() && !readers && (found.history & kReaderSeen) != 0;
  const auto oldest = words.record(found.oldest);
  if (oldest && !oldest->open() && (words.overwrite() || nobody_reads)) return true;
  if (wanted.in_segment) return found.free_segments > 0;
  return found.free_cells > words.config.segment_count && found.free_granules >= wanted.span;
}

}  // namespace arena::core
