/// Taking units out of an arena.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "attachment.hpp"
#include "receiver.hpp"

namespace arena::core {

/// Where a reader that sees every unit starts: at the newest unit kept, at the oldest, or after
/// both.
enum class From : std::uint32_t { newest, oldest, next };

/// The common part of both kinds of readers. See ExclusiveReader and BroadcastReader.
///
/// The whole operations come first: a binding needs nothing else. `take`, `finish` and `give_back`
/// are the steps that they are made of.
class Reader {
 public:
  static constexpr std::uint64_t kAnySize = UINT64_MAX;

  virtual ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Hands the next unit to `receiver`, and counts it as read.
  ///
  /// ok; too_large when the receiver refuses the unit, which stays unread; else as `take`.
  Status read(Receiver& receiver);
  /// Copies small units to `slab`, one behind the other, and says in `rows` where each of `count`
  /// lies. A unit that cannot be in a batch ends it. Where it is the first, `single` receives it,
  /// and `count` is 0.
  Status read_many(std::span<std::byte> slab, std::span<BatchRow> rows, std::size_t& count,
                   Receiver& single);
  /// Ends a lease. Valid after `close` as well.
  void release(const TakenUnit& unit);

  /// Blocks until a unit or news can be read: ok, timed_out or closed. Looks for `spin` before it
  /// sleeps. `continued` counts this wait as part of the one before.
  Status wait(Deadline deadline, std::chrono::nanoseconds spin = {}, bool continued = false);
  /// Asks for a ring of the doorbell at the next commit, or when `units` are there. True when
  /// there is something to read already. A call that asks for several has to look by itself before
  /// long: a unit that another writer's open unit held back may come without a ring.
  bool arm(std::uint64_t units = 1);
  virtual void disarm() noexcept;
  /// A call that waited until a deadline does not go on with that wait.
  void end_wait() noexcept {
    if (!closed_) note_.ends();
  }
  /// An async call has waited for so long.
  void add_wait(std::uint64_t nanoseconds) noexcept;
  /// After `quiet`: ends the stream, because nobody is known to be on the way. False when a writer
  /// has come meanwhile.
  bool end_quiet_stream() noexcept;
  /// For messages: the open unit that this reader waits behind, if there is one.
  std::optional<UnendedRecord> held_up_by();
  /// Leaves the arena. Leases stay valid, and the peer slot is kept for them.
  void close() noexcept;
  bool closed() const noexcept { return closed_; }

  /// Takes the next unit: ok, empty, ended, quiet, peer_lost, closed; lapped when records were
  /// overwritten unread, and reading goes on at the oldest kept. too_large leaves a unit where it
  /// is that lies in a segment or is larger than `most`, envelope included, and that other readers
  /// could take if this one gave it back.
  Status take(TakenUnit& unit, std::uint64_t most = kAnySize);
  /// Counts a taken unit as read. False when an overwriting writer passed the record meanwhile:
  /// what was copied of it is void, and the next `take` says lapped. With `notify` false the
  /// writers learn of it by a later `notify_progress`.
  bool finish(const TakenUnit& unit, bool notify = true);
  virtual void notify_progress() noexcept = 0;
  /// The unit is unread again. Only before `finish`.
  virtual void give_back(const TakenUnit& unit) = 0;

  Attachment& arena() noexcept { return *arena_; }
  const Peer& peer() const noexcept { return peer_; }

 protected:
  explicit Reader(std::shared_ptr<Attachment> arena);
  /// The last step of opening: until a first reader has its position, the writers of a broadcast
  /// keep everything for it.
  void opened() noexcept;

  /// One look for the next unit, whatever the stream's end: ok, empty, lapped or too_large.
  virtual Status take_next(TakenUnit& unit, std::uint64_t most) = 0;
  /// The part of `finish` that changes shared memory.
  virtual bool pass(const TakenUnit& unit, bool notify) = 0;
  virtual void give_up_lease(const TakenUnit& unit) noexcept = 0;
  virtual std::uint64_t first_unread() = 0;
  /// The record that this reader waits for when it finds nothing.
  virtual std::uint64_t waited_for() = 0;
  /// Something is there for `take_next`.
  virtual bool available() = 0;

  std::atomic<std::uint64_t>& position() const noexcept;
  void count_lease(int change) noexcept;
  /// After a `finish` in vain: counts what is lost and moves on behind it.
  Status move_on();

  std::shared_ptr<Attachment> arena_;
  Peer peer_;
  bool closed_ = false;
  /// Records were lost, and the next call tells of it.
  bool lapped_ = false;

  /// As `take`, after what is left to be told.
  Status next(TakenUnit& unit, std::uint64_t most = kAnySize);

 private:
  /// The rest of `read`, for a unit that was taken.
  Status deliver(const TakenUnit& unit, Receiver& receiver);
  /// Something committed that another reader may still give back, or a unit that is being written.
  bool pending();
  bool ready();
  void count_wait(std::uint64_t nanoseconds, bool continued) noexcept;
  void leave_if_done() noexcept;

  WaitingNote note_;
  /// The stream's word when `take` last said `quiet`, which it says once for each word.
  std::uint64_t quiet_ = ~std::uint64_t{0};
  std::uint64_t leases_ = 0;
};

/// A reader of the kind that the arena asks for. `from` is for one that sees every unit.
std::unique_ptr<Reader> open_reader(std::shared_ptr<Attachment> arena, From from);

}  // namespace arena::core
