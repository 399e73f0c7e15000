/// Puts units into an arena.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "attachment.hpp"

namespace arena::core {

/// A unit that is being filled. Readers see it after the commit.
struct OpenUnit {
  /// Null while the unit is held. Such a unit is filled in private memory, and published by
  /// `commit_copy`.
  std::byte* bytes = nullptr;
  /// Bytes that may be filled.
  std::uint64_t byte_length = 0;
  std::uint32_t envelope_length = 0;
  /// True: `segment` has the bytes. False: `record` has them.
  bool in_segment = false;
  /// Other peers may end the unit when it is open for longer than the unit timeout.
  bool held = false;
  OpenRecord record;
  OpenSegment segment;
};

/// The free room of an arena.
struct FreeRoom {
  std::uint64_t segments;
  /// Bytes and records of the queue.
  std::uint64_t bytes;
  std::uint64_t records;
};

class Writer {
 public:
  /// A `queue_limit` with which every unit goes into the queue.
  static constexpr std::uint64_t kToQueue = UINT64_MAX;

  /// With `wait_for_readers`, a wait does not end when the last reader leaves: it goes on until the
  /// next reader has made room.
  explicit Writer(std::shared_ptr<Attachment> arena, bool wait_for_readers = false);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Writes a unit: ok, full, too_large or closed. In an arena with segments, a unit of more than
  /// `queue_limit` bytes goes into a segment, and all others into the queue.
  Status try_write(std::span<const std::byte> bytes, std::span<const std::byte> envelope,
                   std::uint64_t queue_limit);
  /// Writes units without envelopes, in order. Stops at the first unit that cannot be written, and
  /// returns its status. Stops with ok when `stop()` returns true, which is asked about every ten
  /// microseconds. `written` becomes the number of units written.
  template <typename Stop>
  Status try_write_many(std::span<const std::span<const std::byte>> units,
                        std::uint64_t queue_limit, std::size_t& written, Stop stop);
  /// Opens a unit, and copies the envelope. Returns ok, full, too_large or closed.
  Status try_acquire(std::uint64_t byte_length, std::span<const std::byte> envelope,
                     OpenUnit& unit);
  /// Rings readers that wait for several units, if any unit is unread.
  void flush();
  /// Publishes the first `byte_length` bytes. Returns full only when other writers have died inside
  /// their commits and that is not noticed yet. The unit stays open then.
  Status commit(OpenUnit& unit, std::uint64_t byte_length);
  /// Publishes bytes from private memory. unit_ended when other peers have ended the unit.
  Status commit_copy(OpenUnit& unit, std::span<const std::byte> bytes);
  void abort(OpenUnit& unit) noexcept;
  /// From now on one unit stays open until `give_up`, also after `close`, because native code or
  /// another thread may still write to its bytes.
  void keep_open() noexcept { ++kept_open_; }
  void give_up(OpenUnit& unit) noexcept;

  /// The place for a unit of this length.
  Placement placement(std::uint64_t byte_length, std::uint64_t envelope_length,
                      std::uint64_t queue_limit = 0) const noexcept;
  /// Blocks until a unit may fit there: ok, timed_out, closed, or the status of `stranded`. Checks
  /// for `spin` before it sleeps. `continued` counts this wait as a part of the last one.
  Status wait(Placement placement, Deadline deadline, std::chrono::nanoseconds spin = {},
              bool continued = false);
  /// Asks for a ring of the doorbell when room becomes free. True when the room may be enough
  /// already.
  bool arm(Placement placement);
  void disarm() noexcept;
  /// Returns ok while a reader is left that can make room. Otherwise no_readers, or peer_lost when
  /// the last readers died.
  Status stranded() const noexcept;
  /// Tells that a call which waited until its deadline does not go on waiting.
  void end_wait() noexcept {
    if (!closed_) note_.ends();
  }
  /// Counts the wait of an async call.
  void add_wait(std::uint64_t nanoseconds) noexcept;

  /// Leaves the arena. Readers may end, and open units are given up. If a unit is kept open, the
  /// caller must abort the others before.
  void close() noexcept;
  bool closed() const noexcept { return closed_; }

  /// For messages: the open unit that prevents all later units from being freed, if there is one.
  std::optional<UnendedRecord> held_up_by();
  /// The free room now. For messages.
  FreeRoom free_room();
  Attachment& arena() noexcept { return *arena_; }
  const Peer& peer() const noexcept { return peer_; }

 private:
  void count_wait(std::uint64_t nanoseconds, bool continued) noexcept;
  bool has_room(Placement placement);
  Status full();
  Status open_segment(std::uint64_t byte_length, std::span<const std::byte> envelope,
                      OpenUnit& unit);
  Status open_record(std::uint64_t byte_length, std::span<const std::byte> envelope,
                     OpenUnit& unit);
  Status write(std::span<const std::byte> bytes, std::span<const std::byte> envelope,
               std::uint64_t queue_limit, bool notify);
  void notify_commit(Progress progress = kRingAll) noexcept;
  void discard(OpenUnit& unit) noexcept;
  void publish(const OpenUnit& unit, const OpenRecord& record, std::uint64_t byte_length,
               bool notify = true);

  std::shared_ptr<Attachment> arena_;
  Peer peer_;
  WaitingNote note_;
  bool pool_;
  /// Records are held while the caller fills them.
  bool holds_;
  bool wait_for_readers_;
  /// A longer unit never fits; 0 when only the capacity limits a unit.
  std::uint64_t slot_bytes_;
  /// Number of cells that inline units leave to segments, so that committing a segment always finds
  /// a cell.
  std::uint32_t kept_cells_;
  bool closed_ = false;
  /// Number of open units that keep the peer slot.
  std::uint32_t kept_open_ = 0;
};

template <typename Stop>
Status Writer::try_write_many(std::span<const std::span<const std::byte>> units,
                              std::uint64_t queue_limit, std::size_t& written, Stop stop) {
  // A look at a clock costs as much as a small unit. So look after some bytes; each unit counts for
  // kUnitCost bytes more than it has.
  constexpr std::size_t kLookAfter = 64 << 10;
  constexpr std::size_t kUnitCost = 4 << 10;
  std::size_t unlooked = 0;
  Status status = Status::ok;
  written = 0;
  while (written < units.size()) {
    // Large units notify readers one by one, so that readers go on meanwhile.
    status = write(units[written], {}, queue_limit, units[written].size() > kLookAfter);
    if (status != Status::ok) break;
    unlooked += kUnitCost + units[written].size();
    ++written;
    if (unlooked < kLookAfter) continue;
    unlooked = 0;
    if (stop()) break;
  }
  // One ring serves all small units.
  if (written > 0) notify_commit();
  return status;
}

}  // namespace arena::core
