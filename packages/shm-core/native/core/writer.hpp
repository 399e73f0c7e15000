/// Putting units into an arena.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "attachment.hpp"

namespace arena::core {

/// A unit that is being filled; invisible until committed.
struct OpenUnit {
  /// Null while the unit is held: then it is filled in private memory, and published by
  /// `commit_copy`.
  std::byte* bytes = nullptr;
  /// Bytes that may be filled.
  std::uint64_t byte_length = 0;
  std::uint32_t envelope_length = 0;
  /// One of the two holds the bytes.
  bool in_segment = false;
  /// Others may end the unit once it is open for longer than the unit timeout.
  bool held = false;
  OpenRecord record;
  OpenSegment segment;
};

/// What a writer may find too little of.
struct FreeRoom {
  std::uint64_t segments;
  /// Of the queue.
  std::uint64_t bytes;
  std::uint64_t records;
};

class Writer {
 public:
  /// `wait_for_readers`: where every reader has left, a wait goes on for the next one to come.
  explicit Writer(std::shared_ptr<Attachment> arena, bool wait_for_readers = false);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Opens a unit: ok, full, too_large or closed. The envelope is copied.
  Status try_acquire(std::uint64_t byte_length, std::span<const std::byte> envelope,
                     OpenUnit& unit);
  /// Opens, fills and commits a unit in the arena's own queue, whatever its size: for small ones,
  /// which need no segment.
  /// `notify` false leaves telling the readers to a later `notify_commit`.
  Status try_write_inline(std::span<const std::byte> bytes, std::span<const std::byte> envelope,
                          bool notify = true);
  void notify_commit(Progress progress = kRingAll) noexcept;
  /// Rings readers that wait for more units than there are, where there are any.
  void flush();
  /// Publishes the first `byte_length` bytes. full only when other writers died inside their
  /// commits, until that is noticed; the unit stays open then.
  Status commit(OpenUnit& unit, std::uint64_t byte_length);
  /// Publishes these bytes, which lie in private memory; unit_ended when others have ended the
  /// unit.
  Status commit_copy(OpenUnit& unit, std::span<const std::byte> bytes);
  void abort(OpenUnit& unit) noexcept;
  /// From now on the unit stays open until `give_up`, past `close` as well: somebody may still
  /// write to its bytes.
  void keep_open() noexcept { ++kept_open_; }
  void give_up(OpenUnit& unit) noexcept;

  /// Blocks until a unit of these bytes might fit: ok, timed_out, closed, or what `stranded` says.
  /// Looks for
  /// `spin` before it sleeps. `continued` counts it as part of the wait before.
  Status wait(std::uint64_t byte_length, std::uint64_t envelope_length, Deadline deadline,
              std::chrono::nanoseconds spin = {}, bool continued = false);
  /// Asks for a ring of the doorbell when space is freed. True when there might be some already.
  bool arm(std::uint64_t byte_length, std::uint64_t envelope_length);
  void disarm() noexcept;
  /// Why nobody is left who could ever free space: no_readers, peer_lost where the last ones died,
  /// ok while there is somebody.
  Status stranded() const noexcept;
  /// Whoever waited until a deadline does not go on with that wait.
  void end_wait() noexcept {
    if (!closed_) note_.ends();
  }
  /// An async call has waited for so long.
  void add_wait(std::uint64_t nanoseconds) noexcept;

  /// Nothing more comes: readers may end, and open units are given up. Where some are kept open,
  /// the caller has aborted the others.
  void close() noexcept;
  bool closed() const noexcept { return closed_; }

  /// For messages: the open unit that keeps the room of all that follow, if one does.
  std::optional<UnendedRecord> held_up_by();
  /// For messages: what is free now.
  FreeRoom free_room();
  Attachment& arena() noexcept { return *arena_; }
  const Peer& peer() const noexcept { return peer_; }

 private:
  void count_wait(std::uint64_t nanoseconds, bool continued) noexcept;
  bool uses_segment(std::uint64_t byte_length) const noexcept { return pool_ && byte_length > 0; }
  bool space_for(std::uint64_t byte_length, std::uint64_t envelope_length);
  Wanted wanted(std::uint64_t byte_length, std::uint64_t envelope_length) const noexcept;
  Status full();
  Status open_segment(std::uint64_t byte_length, std::span<const std::byte> envelope,
                      OpenUnit& unit);
  Status open_record(std::uint64_t byte_length, std::span<const std::byte> envelope,
                     OpenUnit& unit);
  void discard(OpenUnit& unit) noexcept;
  void publish(const OpenUnit& unit, const OpenRecord& record, std::uint64_t byte_length,
               bool notify = true);

  std::shared_ptr<Attachment> arena_;
  Peer peer_;
  WaitingNote note_;
  bool pool_;
  /// Records that are filled by the caller are held meanwhile.
  bool holds_;
  bool wait_for_readers_;
  /// A unit longer than this never fits; 0 where only the capacity limits it.
  std::uint64_t slot_bytes_;
  /// Cells that inline units leave to segments, so that committing a segment always finds one.
  std::uint32_t kept_cells_;
  bool closed_ = false;
  /// Open units that hold up leaving.
  std::uint32_t kept_open_ = 0;
};

}  // namespace arena::core
