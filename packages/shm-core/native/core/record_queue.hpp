/// The one order of all records, over any number of writers: a ring of cells that describe records,
/// and a ring of bytes that hold them. Both transports use this queue.
///
///   sequence     oldest                          tail
///   cells    ....| skipped | committed | claimed |....  cell of a record: sequence mod cell_count
///   bytes    ....|#########|###########|#########|....  a record starts where the one before ends
///
/// A writer claims record n by one compare-and-swap on cell n: from the turn before to `claimed` by
/// this writer. The start of the record's bytes follows from cell n-1. So every contender computes
/// the same start, and stores it before it claims. `tail` only hints at the first unclaimed cell,
/// and every process may advance it. A commit is one compare-and-swap, and so is a skip. So a
/// process that dies between any two instructions leaves each of its records unclaimed, claimed or
/// committed. Survivors skip a claimed record once the death of its writer is proven.
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

/// A claimed record that its writer fills.
struct OpenRecord {
  std::uint64_t sequence = 0;
  std::uint64_t word = 0;
  std::byte* bytes = nullptr;
  /// Bytes of the span. The envelope lies at the end of them.
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

/// A record that no reader passes before its writer ends it.
struct UnendedRecord {
  /// Index of the writer.
  std::uint32_t owner = 0;
  /// Milliseconds for which the record has been open; nothing when that is not known.
  std::optional<std::uint64_t> open_ms;
};

enum class Look { committed, skipped, claimed, nothing, overwritten };

class RecordQueue {
 public:
  RecordQueue(const Region& region, const PeerTable& peers);

  /// Number of granules that a record with this payload and envelope takes.
  std::uint64_t span_of(std::uint64_t byte_length, std::uint64_t envelope_length) const noexcept;
  std::uint64_t capacity_granules() const noexcept { return capacity_; }

  /// Claims the next record for writer `owner`, and leaves at least `keep_cells` cells free.
  /// Returns Status::full when there is no room now.
  Status claim(std::uint32_t owner, std::uint64_t span, std::uint32_t keep_cells, OpenRecord& open);

  /// Notes the present moment as the one when the record was opened. Call before `hold` and
  /// `commit`.
  void stamp(const OpenRecord& open) noexcept;
  /// claimed -> held, by the owner. The owner touches no byte of the record until `resume`. Other
  /// peers may skip the record after the unit timeout.
  void hold(OpenRecord& open) noexcept;
  /// held -> claimed, by the owner. False when another peer has ended the record.
  bool resume(OpenRecord& open) noexcept;
  /// Skips every record that has been held for longer than the unit timeout; returns how many.
  std::uint64_t end_overdue();
  /// Milliseconds since the record was opened; nothing when that moment was not noted.
  std::optional<std::uint64_t> open_for(std::uint64_t sequence) const noexcept;
  /// The record at `sequence` if its writer has claimed the record and has not ended it.
  std::optional<UnendedRecord> unended_at(std::uint64_t sequence) const noexcept;

  /// Publishes the filled record.
  void commit(const OpenRecord& open) noexcept;
  /// Gives the record up. Readers pass over it.
  void skip(const OpenRecord& open) noexcept;
  /// claimed or committed -> skipped, if the cell still has this word.
  bool skip_word(std::uint64_t sequence, std::uint64_t word) noexcept;

  /// The state of record `sequence` now. Fills `view` when the record is committed.
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

  /// Overwriting: the oldest record that is kept, and the number of committed records before it.
  struct Dropped {
    std::uint64_t oldest;
    std::uint64_t committed;
  };
  Dropped dropped() const;
  /// Overwriting: the number of committed records before `sequence`, all of which are finished.
  /// Nothing when writers pass `sequence` during the call.
  std::optional<std::uint64_t> committed_before(std::uint64_t sequence) const;

  /// When each unit goes to one reader: readers take no record this far beyond `oldest`. So a
  /// writer always finds a cell for a segment, even while a reader is stopped in the middle of a
  /// read: no reader has taken a record of the last segment_count cells. Records without a segment
  /// leave these cells free (`keep_cells`). So each record there carries a segment of its own, and
  /// fewer than segment_count segments are queued while a writer still has one to commit.
  std::uint64_t run_ahead() const noexcept { return cell_count_ - segment_count_; }

  /// Raises `oldest` as far as the readers allow, and returns the first record that they still
  /// need. In a broadcast that is the slowest reader's position. When each record goes to one
  /// reader, it is the first record that is not skipped.
  std::uint64_t refresh_floor();

  /// Registers a reader of a broadcast at the oldest record that is kept, and returns that record's
  /// sequence. From there on no writer overwrites a record before this reader has read it.
  std::uint64_t register_reader(std::uint32_t index);

  /// The newest committed record between `from` and the first open record. A reader may skip to
  /// there. A position beyond an open record would give away the room that its writer fills.
  std::uint64_t newest_after(std::uint64_t from) noexcept;
  /// The first record from `from` on that is open, or not claimed yet.
  std::uint64_t first_unfinished(std::uint64_t from) noexcept;
  /// `oldest`, but at most cell_count records before `end`, even when a peer has damaged `oldest`.
  std::uint64_t first_kept(std::uint64_t end) const noexcept;

  /// True when `claim` of this span might succeed now.
  bool could_claim(std::uint64_t span, std::uint32_t keep_cells);
  /// Gives up the oldest record when no reader holds it back: when overwriting, or when all readers
  /// of a broadcast have left. False when there is no such record, or when a living writer still
  /// fills it.
  bool drop_oldest();
  /// True when `drop_oldest` might succeed now.
  bool can_drop() const noexcept;

  /// Number of records below `sequence` that were claimed and that some reader still needs, as far
  /// as this process knows the floor. Readers may have passed `sequence` already.
  std::uint64_t depth(std::uint64_t sequence) const noexcept {
    return sequence > floor_ ? sequence - floor_ : 0;
  }

  void update_floor();
  /// Number of committed records that some reader still needs (or that no reader has taken).
  std::uint64_t committed_count() { return committed_from(refresh_floor()); }
  /// Number of committed records from `from` on.
  std::uint64_t committed_from(std::uint64_t from) noexcept;

  bool broadcast() const noexcept { return broadcast_; }
  bool overwrite() const noexcept { return overwrite_; }

  /// Bytes and records that can be claimed now, for messages.
  std::uint64_t free_bytes();
  std::uint64_t free_records();
  /// The reader with the lowest position, if any. Writers wait for this reader.
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
  /// This process knows that records below may be overwritten. Never above the floor of the
  /// readers.
  std::uint64_t floor_ = 0;
};

}  // namespace arena::core
