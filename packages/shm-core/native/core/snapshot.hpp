/// What an arena looks like at one moment, in plain numbers: who waits, for what, and since when.
///
/// Made by looking alone. Nothing is written into the region and no lock is taken. It is no single
/// instant: others go on while it is made, so that only what two snapshots agree on is certain.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "layout.hpp"
#include "peer_state.hpp"

namespace arena::core {

/// The record that a reader takes next, and what it is.
enum class Next { nothing, committed, open, lapped };

struct PeerSnapshot {
  std::uint32_t index = 0;
  PeerState state;
  /// None for a peer that is not a member yet, or no more.
  Role role = Role::none;
  std::uint64_t start_time = 0;
  std::uint64_t doorbell_fd = 0;
  std::uint64_t doorbell_inode = 0;
  bool armed_readable = false;
  bool armed_writable = false;
  /// Of the call that waits: for how long, and how long ago it looked last; in milliseconds.
  std::optional<std::uint64_t> waiting_ms;
  std::optional<std::uint64_t> looked_ms;
  /// Of a writer that waits.
  std::optional<Wanted> wanted;
  /// Of a writer that waits: there is room for what it wants.
  bool room = false;
  /// Of a reader.
  Next next = Next::nothing;
  std::uint64_t next_sequence = 0;
  /// Records between it and the end, open ones included.
  std::uint64_t behind = 0;
  std::uint64_t ring_from = 0;
  /// Where every unit goes to all readers.
  std::optional<std::uint64_t> position;
  std::uint64_t leases_out = 0;
  std::uint64_t written_units = 0, read_units = 0;
};

struct RecordSnapshot {
  std::uint64_t sequence = 0;
  RecordWord word;
  /// Index of the reader that has taken it, where each unit goes to one reader.
  std::optional<std::uint32_t> taker;
  std::uint64_t byte_length = 0;
  std::optional<std::uint32_t> segment;
  std::optional<std::uint64_t> open_ms;
};

struct SegmentSnapshot {
  std::uint32_t index = 0;
  /// `queued`: committed, and not leased yet (by all, where every unit goes to all readers).
  enum class Use { open, queued, leased } use = Use::open;
  /// Indices of the peers that have it.
  std::vector<std::uint32_t> holders;
  /// Since when, in milliseconds; of a segment that several lease, since it was opened.
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
  /// Futex words: bit 0 where threads may sleep.
  std::uint32_t readable_event = 0, writable_event = 0;
  std::vector<PeerSnapshot> peers;
  /// Records that somebody still has to end, read or pass, the oldest ones first.
  std::vector<RecordSnapshot> records;
  /// Of all of them, also those that are too many to list.
  std::uint64_t open_records = 0, unread_records = 0, taken_records = 0;
  std::uint64_t free_granules = 0, free_cells = 0;
  /// Segments that records carry which nobody has taken.
  std::unordered_set<std::uint32_t> queued_in;
  /// Those that are not free.
  std::vector<SegmentSnapshot> segments;
  std::uint32_t free_segments = 0, open_segments = 0, queued_segments = 0, leased_segments = 0;
};

/// Most records, and most segments, that a snapshot lists.
inline constexpr std::size_t kMostListed = 256;

/// `base` is where the region begins, up to its record area: mapped memory that others write, or a
/// copy of it.
Snapshot take_snapshot(const RegionConfig& config, const Creator& creator, const std::byte* base);

/// Reads the region behind an open file. Throws ERR_ARENA_INCOMPATIBLE, std::system_error.
Snapshot take_snapshot_of(int fd, const char* reached_by);

}  // namespace arena::core
