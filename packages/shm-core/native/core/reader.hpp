/// Taking units out of an arena.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "attachment.hpp"

namespace arena::core {

/// A unit that this reader is about to receive. Its bytes may be copied; then `finish` makes the
/// reading final, or `give_back` undoes it.
struct TakenUnit {
  RecordView view;
  std::uint32_t attempt = 0;
  /// The bytes are a segment, which stays this reader's until `release`.
  bool leased = false;
  SegmentWord segment;
};

enum class From { newest, oldest, next };

class Reader {
 public:
  static constexpr std::uint64_t kAnySize = UINT64_MAX;

  Reader(std::shared_ptr<Attachment> arena, From from);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// ok, empty, ended, quiet, peer_lost, lapped (then `lost()` records are gone and reading goes on
  /// at the oldest kept) or closed. Where other readers could take what this one gave back, a unit
  /// that lies in a segment or is larger than `most`, envelope included, stays where it is:
  /// too_large.
  Status take(TakenUnit& unit, std::uint64_t most = kAnySize);
  /// False when an overwriting writer passed the record while it was copied: what was copied is
  /// void, and the next `take` says lapped.
  /// `notify` false leaves telling the writers to a later `notify_progress`.
  bool finish(const TakenUnit& unit, bool notify = true);
  void notify_progress() noexcept;
  /// After `quiet`: ends the stream, because nobody is known to be on the way. False when a writer
  /// has come meanwhile.
  bool end_quiet_stream() noexcept;
  /// True when a writer has passed a record that was taken and not finished.
  bool overtaken(const TakenUnit& unit) const noexcept;
  /// The unit is unread again. Only before `finish`.
  void give_back(const TakenUnit& unit);
  /// Ends a lease. Valid after `close` as well.
  void release(const TakenUnit& unit);

  /// Blocks until `take` would not say empty: ok, timed_out or closed. Looks for `spin` before it
  /// sleeps. `continued` counts it as part of the wait before.
  Status wait(Deadline deadline, std::chrono::nanoseconds spin = {}, bool continued = false);
  /// Asks for a ring of the doorbell at the next commit, or when `units` are there. True when
  /// `take` would not say empty. Asking for several, look by yourself before long: a unit that
  /// another writer's open one held back may come without a ring.
  bool arm(std::uint64_t units = 1);
  void disarm() noexcept;
  /// Whoever waited until a deadline does not go on with that wait.
  void end_wait() noexcept {
    if (!closed_) note_.ends();
  }
  /// An async call has waited for so long.
  void add_wait(std::uint64_t nanoseconds) noexcept;

  /// Skips everything but the newest record kept.
  void sync_to_newest();
  /// For messages: the open unit behind which this reader cannot go on, if it waits at one.
  std::optional<UnendedRecord> held_up_by();
  /// Committed records that this reader has not read.
  std::uint64_t lag();
  /// Records that overwriting writers took from this reader, in sum.
  std::uint64_t lost() const noexcept { return lost_; }

  /// Leaves; leases stay valid, and the peer slot is kept for them.
  void close() noexcept;
  bool closed() const noexcept { return closed_; }
  Attachment& arena() noexcept { return *arena_; }
  const Peer& peer() const noexcept { return peer_; }

 private:
  void count_wait(std::uint64_t nanoseconds, bool continued) noexcept;
  void start(From from);
  Status take_broadcast(TakenUnit& unit);
  Status take_exclusive(TakenUnit& unit, std::uint64_t most);
  struct Untaken {
    std::uint64_t sequence;
    std::uint64_t taker;
  };
  std::optional<Untaken> next_untaken();
  bool lease(TakenUnit& unit);
  std::uint64_t first_unread();
  bool pending();
  bool ready();
  bool lapped();
  void start_at_oldest();
  void pass_to(std::uint64_t (RecordQueue::*target)(std::uint64_t));
  void leave_if_done() noexcept;
  std::atomic<std::uint64_t>& position() const noexcept;

  std::shared_ptr<Attachment> arena_;
  Peer peer_;
  WaitingNote note_;
  bool broadcast_;
  bool closed_ = false;
  /// The stream's word when `take` last said `quiet`: to be said once for each word.
  std::uint64_t quiet_ = ~std::uint64_t{0};
  /// Overwriting: records before the position that were committed.
  std::uint64_t passed_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t leases_ = 0;
};

}  // namespace arena::core
