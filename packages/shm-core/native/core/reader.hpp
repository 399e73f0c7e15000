/// Takes units out of an arena.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "attachment.hpp"
#include "receiver.hpp"

namespace arena::core {

/// The unit at which a reader that sees every unit starts: the newest one that is kept, the oldest
/// one, or the next one that is written.
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

  /// Hands the next unit to `receiver`, and counts it as read. Returns ok, or too_large when the
  /// receiver refuses the unit, which then stays unread. Otherwise returns as `take`.
  Status read(Receiver& receiver);
  /// Copies small units to `slab`, one behind the other. Sets `count` to their number, and `rows`
  /// to their places. A unit that cannot be in a batch ends the batch. When the first unit is such
  /// a unit, `single` receives it, and `count` is 0.
  Status read_many(std::span<std::byte> slab, std::span<BatchRow> rows, std::size_t& count,
                   Receiver& single);
  /// Ends a lease, also after `close`.
  void release(const TakenUnit& unit);

  /// Blocks until a call of `read` has a result. Returns ok, timed_out or closed. Looks for the
  /// time `spin` before it sleeps. `continued` counts this wait as part of the wait before.
  Status wait(Deadline deadline, std::chrono::nanoseconds spin = {}, bool continued = false);
  /// Asks for a ring of the doorbell at the next commit, or when `units` units are there. True when
  /// a unit can be read already. A call that asks for several units must look by itself after a
  /// while: a unit that waits behind another writer's open unit may come without a ring.
  bool arm(std::uint64_t units = 1);
  virtual void disarm() noexcept;
  /// Tells that a call which waited until its deadline does not go on waiting.
  void end_wait() noexcept {
    if (!closed_) note_.ends();
  }
  /// Counts the wait of an async call.
  void add_wait(std::uint64_t nanoseconds) noexcept;
  /// After `quiet`: ends the stream, because the caller knows of no writer on its way. False when a
  /// writer has come meanwhile.
  bool end_quiet_stream() noexcept;
  /// The open unit behind which this reader waits, if any. For messages.
  std::optional<UnendedRecord> held_up_by();
  /// After `peer_lost`: false when a writer has come meanwhile. Take again then.
  bool confirms_loss() noexcept;
  /// Leaves the arena. Leases stay valid, and keep the peer slot.
  void close() noexcept;
  bool closed() const noexcept { return closed_; }

  /// Takes the next unit. Returns ok, empty, ended, quiet, peer_lost, closed, lapped or too_large.
  ///
  /// lapped: unread records were overwritten. Reading goes on at the oldest record that is kept.
  ///
  /// too_large: the unit lies in a segment, or is larger than `most` with its envelope. It stays
  /// where it is, because another reader could take a unit that is given back.
  Status take(TakenUnit& unit, std::uint64_t most = kAnySize);
  /// Counts a taken unit as read. False when an overwriting writer has passed the record meanwhile:
  /// the copied bytes are void, and the next `take` returns lapped. With `notify` false a later
  /// `notify_progress` must tell the writers.
  bool finish(const TakenUnit& unit, bool notify = true);
  virtual void notify_progress() noexcept = 0;
  /// Makes the unit unread again. Only before `finish`.
  virtual void give_back(const TakenUnit& unit) = 0;

  Attachment& arena() noexcept { return *arena_; }
  const Peer& peer() const noexcept { return peer_; }

 protected:
  explicit Reader(std::shared_ptr<Attachment> arena);
  /// The last step of opening. Until the first reader has its position, the writers of a broadcast
  /// keep all units for it.
  void opened() noexcept;

  /// Looks once for the next unit, without regard to the stream's end. Returns ok, empty, lapped or
  /// too_large.
  virtual Status take_next(TakenUnit& unit, std::uint64_t most) = 0;
  /// The part of `finish` that changes shared memory.
  virtual bool pass(const TakenUnit& unit, bool notify) = 0;
  virtual void give_up_lease(const TakenUnit& unit) noexcept = 0;
  virtual std::uint64_t first_unread() = 0;
  /// The record that this reader waits for.
  virtual std::uint64_t waited_for() = 0;
  /// Whether `take_next` would find a unit or a loss.
  virtual bool available() = 0;

  std::atomic<std::uint64_t>& position() const noexcept;
  void count_lease(int change) noexcept;
  /// After a failed `finish`: counts the lost records and moves behind them. Never returns ok.
  Status move_on();

  std::shared_ptr<Attachment> arena_;
  Peer peer_;
  bool closed_ = false;
  /// Records were lost. The next call reports that.
  bool lapped_ = false;

  /// As `take`, but reports a loss that is still to be reported first.
  Status next(TakenUnit& unit, std::uint64_t most = kAnySize);

 private:
  /// The rest of `read`, after the unit was taken.
  Status deliver(const TakenUnit& unit, Receiver& receiver);
  /// Whether another reader may still give a unit back, or a unit is still open.
  bool pending();
  bool ready();
  void count_wait(std::uint64_t nanoseconds, bool continued) noexcept;
  void leave_if_done() noexcept;

  WaitingNote note_;
  /// The stream's word when `take` last returned quiet or peer_lost. A wait ends once for each
  /// word.
  std::uint64_t told_ = ~std::uint64_t{0};
  std::uint64_t leases_ = 0;
};

/// Opens a reader of the kind that the arena needs. Only a BroadcastReader uses `from`.
std::unique_ptr<Reader> open_reader(std::shared_ptr<Attachment> arena, From from);

}  // namespace arena::core
