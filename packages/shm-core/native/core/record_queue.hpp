/// The one order of all records, over any number of writers: a ring of cells that describe records,
/// and a ring of bytes that hold them. Both transports are built on it.
///
///   sequence     oldest                     tail
///   cells    ....| skipped | committed | claimed |....      cell = sequence mod cell_count
///   bytes    ....|#########|###########|#########|....      start of a cell = end of the one
///   before
///
/// Claiming record n is one compare-and-swap on cell n: from the turn before to `claimed` by this
/// writer. Where its bytes start follows from cell n-1, so every contender computes the same start
/// and it is written before the claim. `tail` only hints at the first unclaimed cell; anybody
/// pushes it on. Committing and skipping are one compare-and-swap each. Hence a process that dies
/// between any two instructions leaves a record either unclaimed, claimed (survivors skip it once
/// the death is proven) or committed.
///
/// This is intentional: no fetch_add on the tail, as in Agrona's ManyToOneRingBuffer. There a
/// writer that dies between moving the tail and writing its length leaves a gap of unknown size.
#pragma once

#include <cstdint>
#include <optional>

#include "failure.hpp"
#include "peers.hpp"
#include "region.hpp"

namespace arena::core {

/// A claimed record, to be filled.
struct OpenRecord {
  std::uint64_t sequence = 0;
  std::uint64_t word = 0;
  std::byte* bytes = nullptr;
  /// Bytes of the span; the envelope takes its end.
  std::uint64_t span_bytes = 0;
};

/// A committed record's cell, copied into private memory and checked.
struct RecordView {
  std::uint64_t sequence = 0;
  std::uint64_t word = 0;
  std::uint64_t byte_length = 0;
  std::uint32_t envelope_length = 0;
  /// Segment index + 1, or 0.
  std::uint32_t segment = 0;
  std::uint64_t segment_generation = 0;
  const std::byte* bytes = nullptr;
  const std::byte* envelope = nullptr;
};

/// A record that nobody passes before its writer ends it.
struct UnendedRecord {
  /// Index of the writer.
  std::uint32_t owner = 0;
  /// For how long it has been open, in milliseconds, where that is known.
  std::optional<std::uint64_t> open_ms;
};

enum class Look { committed, skipped, claimed, nothing, overwritten };

class RecordQueue {
 public:
  RecordQueue(const Region& region, const PeerTable& peers);

  /// Granules that a record of these bytes takes; the envelope follows the payload.
  std::uint64_t span_of(std::uint64_t byte_length, std::uint64_t envelope_length) const noexcept;
  std::uint64_t capacity_granules() const noexcept { return capacity_; }

  /// Claims the next record for writer `owner`. `keep_cells` cells stay free for others. full when
  /// there is no room now.
  Status claim(std::uint32_t owner, std::uint64_t span, std::uint32_t keep_cells, OpenRecord& open);

  /// Notes that the record has been open since now. Only before `hold` and `commit`.
  void stamp(const OpenRecord& open) noexcept;
  /// claimed -> held, by the owner: until `resume` it touches no byte of the record, and after the
  /// unit timeout others may skip it.
  void hold(OpenRecord& open) noexcept;
  /// held -> claimed, by the owner. False when the record was ended by others.
  bool resume(OpenRecord& open) noexcept;
  /// Skips every record that has been held for longer than the unit timeout; returns how many.
  std::uint64_t end_overdue();
  /// How long ago the record was opened, in milliseconds; nothing where that was not noted.
  std::optional<std::uint64_t> open_for(std::uint64_t sequence) const noexcept;
  /// The record at `sequence`, if its writer has claimed and not ended it.
  std::optional<UnendedRecord> unended_at(std::uint64_t sequence) const noexcept;

  /// Publishes the record that was filled.
  void commit(const OpenRecord& open) noexcept;
  /// Gives the record up; readers pass over it.
  void skip(const OpenRecord& open) noexcept;
  /// claimed/committed -> skipped, only while the cell still has this word.
  bool skip_word(std::uint64_t sequence, std::uint64_t word) noexcept;

  /// What is at `sequence` now; fills `view` when a record is committed there.
  Look look(std::uint64_t sequence, RecordView& view) const;
  /// The cell's word if it belongs to `sequence`.
  std::optional<RecordWord> word_of(std::uint64_t sequence) const noexcept;
  Cell& cell(std::uint64_t sequence) const noexcept { return cells_[sequence % cell_count_]; }
  std::uint32_t turn_of(std::uint64_t sequence) const noexcept {
    return static_cast<std::uint32_t>(sequence / cell_count_ + 1);
  }

  /// First unclaimed sequence.
  std::uint64_t tail() noexcept;
  std::uint64_t oldest() const noexcept { return control_.oldest.load(std::memory_order_seq_cst); }

  /// Overwriting: the oldest record kept, and how many before it were committed.
  struct Dropped {
    std::uint64_t oldest;
    std::uint64_t committed;
  };
  Dropped dropped() const;
  /// Overwriting: how many records before `sequence` were committed, all of which are finished.
  /// Nothing when writers pass it meanwhile.
  std::optional<std::uint64_t> committed_before(std::uint64_t sequence) const;

  /// Where each unit goes to one reader: how far beyond `oldest` readers take. Were it further, a
  /// reader that is stopped in the middle of a read could use up the cells that the others'
  /// segments come back in. The last cells before the end thus hold segments that are all queued at
  /// once: of these there are fewer than segments while one is still to be committed.
  std::uint64_t run_ahead() const noexcept { return cell_count_ - segment_count_; }

  /// Moves `oldest` as far as the readers allow and returns how far they do. Where records go to
  /// all readers that is the slowest one's position; where each goes to one reader, the first
  /// record that is not skipped.
  std::uint64_t refresh_floor();

  /// Where a reader of the broadcast starts: registers it at the oldest record kept, so that from
  /// there on nothing is overwritten before it has read it.
  std::uint64_t register_reader(std::uint32_t index);

  /// The newest committed record between `from` and the first one that is still being written: as
  /// far as a reader may skip. A position beyond an open record would give its room away.
  std::uint64_t newest_after(std::uint64_t from) noexcept;
  /// The first record from `from` on that is not finished: still being written, or not claimed yet.
  std::uint64_t first_unfinished(std::uint64_t from) noexcept;
  /// `oldest`, but at most a queue's length before `end`, whatever somebody wrote there.
  std::uint64_t first_kept(std::uint64_t end) const noexcept;

  /// True when `claim` of this span might succeed now.
  bool could_claim(std::uint64_t span, std::uint32_t keep_cells);
  /// Gives up the oldest record where nobody waits for it: overwriting, or a broadcast whose
  /// readers have all left. False when there is nothing to give up, or a living writer still fills
  /// it.
  bool drop_oldest();
  /// True when `drop_oldest` might succeed now.
  bool can_drop() const noexcept;

  /// Claimed and not yet read by all, as far as `floor` is known. Readers may have passed
  /// `sequence` already.
  std::uint64_t depth(std::uint64_t sequence) const noexcept {
    return sequence > floor_ ? sequence - floor_ : 0;
  }

  void update_floor();
  /// Records that are committed and not yet read by all (or taken).
  std::uint64_t committed_count() { return committed_from(refresh_floor()); }
  /// Records from `from` on that are committed.
  std::uint64_t committed_from(std::uint64_t from) noexcept;

  bool broadcast() const noexcept { return broadcast_; }
  bool overwrite() const noexcept { return overwrite_; }

  /// Bytes and records that can be claimed now, for messages.
  std::uint64_t free_bytes();
  std::uint64_t free_records();
  /// The reader that holds back the writers most, if any.
  std::optional<std::uint32_t> slowest_reader() const noexcept;

 private:
  bool start_of_next(std::uint64_t sequence, std::uint64_t& start) const;
  bool has_room(std::uint64_t sequence, std::uint64_t start, std::uint64_t span,
                std::uint32_t keep_cells);
  bool make_room(std::uint64_t sequence, std::uint64_t start, std::uint64_t span,
                 std::uint32_t keep_cells);
  bool nobody_reads() const noexcept;
  bool evict_oldest();
  bool count_dropped(std::uint64_t sequence, bool committed) noexcept;
  void raise_oldest(std::uint64_t to) noexcept;
  std::uint64_t slowest_position() const noexcept;
  std::uint64_t granule(std::uint64_t granules) const noexcept { return granules << shift_; }

  const Region& region_;
  const PeerTable& peers_;
  Control& control_;
  Cell* cells_;
  std::uint64_t cell_count_;
  std::uint64_t segment_count_;
  std::uint64_t unit_timeout_ms_;
  std::uint64_t capacity_;
  std::uint32_t shift_;
  bool broadcast_;
  bool overwrite_;
  /// Private: records below may be overwritten. Never above what the readers allow.
  std::uint64_t floor_ = 0;
};

}  // namespace arena::core
