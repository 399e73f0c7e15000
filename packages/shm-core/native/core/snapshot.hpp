/// The state of an arena as plain numbers: which peers wait, for what, and since when.
///
/// Taking a snapshot only reads: it writes nothing into the region and takes no lock. Other
/// processes go on meanwhile, so a snapshot shows no single instant. Only facts that two snapshots
/// agree on are certain.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "layout.hpp"
#include "peer_state.hpp"

namespace arena::core {

/// The state of the record that a reader takes next.
enum class Next { nothing, committed, open, lapped };

struct PeerSnapshot {
  std::uint32_t index = 0;
  PeerState state;
  /// Role::none before a peer becomes a member, and after it was struck.
  Role role = Role::none;
  std::uint64_t start_time = 0;
  std::uint64_t doorbell_fd = 0;
  std::uint64_t doorbell_inode = 0;
  bool armed_readable = false;
  bool armed_writable = false;
  /// While a call waits: how long it has waited, and how long ago it looked last, in milliseconds.
  std::optional<std::uint64_t> waiting_ms;
  std::optional<std::uint64_t> looked_ms;
  /// The room that a waiting writer wants.
  std::optional<Placement> wanted;
  /// Whether the room that a waiting writer wants is free.
  bool room = false;
  /// Of a reader: its next record.
  Next next = Next::nothing;
  std::uint64_t next_sequence = 0;
  /// Number of records from there to the end, open ones included.
  std::uint64_t behind = 0;
  std::uint64_t ring_from = 0;
  /// Of a reader of a broadcast.
  std::optional<std::uint64_t> position;
  std::uint64_t leases_out = 0;
  std::uint64_t written_units = 0, read_units = 0;
};

struct RecordSnapshot {
  std::uint64_t sequence = 0;
  RecordWord word;
  /// Index of the reader that has taken the record, when each unit goes to one reader.
  std::optional<std::uint32_t> taker;
  std::uint64_t byte_length = 0;
  std::optional<std::uint32_t> segment;
  std::optional<std::uint64_t> open_ms;
};

struct SegmentSnapshot {
  std::uint32_t index = 0;
  /// `queued`: committed, and not leased yet. In a fan-out: some reader has not leased it yet.
  enum class Use { open, queued, leased } use = Use::open;
  /// Indices of the peers that hold the segment.
  std::vector<std::uint32_t> holders;
  /// Milliseconds since the segment was opened or leased. Of a segment with several leases: since
  /// it was opened.
  std::uint64_t age_ms = 0;
  std::uint64_t generation = 0;
};

struct Snapshot {
  /// When it was made, in milliseconds of the monotonic clock.
  std::uint64_t at_ms = 0;
  RegionConfig config{};
  Creator creator{};
  std::uint64_t oldest = 0, end = 0, floor = 0;
  std::uint64_t poisoned = 0;
  std::uint32_t history = 0;
  StreamWord stream;
  /// Futex words. Bit 0 is set when threads may sleep.
  std::uint32_t readable_event = 0, writable_event = 0;
  std::vector<PeerSnapshot> peers;
  /// Records that a peer still has to end, read or pass, the oldest ones first.
  std::vector<RecordSnapshot> records;
  /// Counts of all such records, also of those that are not listed.
  std::uint64_t open_records = 0, unread_records = 0, taken_records = 0;
  std::uint64_t free_granules = 0, free_cells = 0;
  /// Segments of records that no reader has taken.
  std::unordered_set<std::uint32_t> queued_in;
  /// The segments that are not free.
  std::vector<SegmentSnapshot> segments;
  std::uint32_t free_segments = 0, open_segments = 0, queued_segments = 0, leased_segments = 0;
};

/// Most records, and most segments, that a snapshot lists.
inline constexpr std::size_t kMostListed = 256;

/// `base` points to the bytes of a region up to its record area: mapped memory that other processes
/// write, or a copy.
Snapshot take_snapshot(const RegionConfig& config, const Creator& creator, const std::byte* base);

/// Reads the region of an open file. Throws ERR_ARENA_INCOMPATIBLE, std::system_error.
Snapshot take_snapshot_of(int fd, const char* reached_by);

}  // namespace arena::core
