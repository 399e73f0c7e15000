/// One environment of one process in an arena: it maps the memory, waits, wakes others and
/// recovers.
///
/// One thread uses an attachment. Each environment of a process attaches on its own.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "doorbell.hpp"
#include "interprocess_condition.hpp"
#include "losses.hpp"
#include "peers.hpp"
#include "record_queue.hpp"
#include "region.hpp"
#include "segments.hpp"
#include "stream.hpp"
#include "waiting_note.hpp"

namespace arena::core {

/// Counters of the whole arena, over all processes, since its creation.
struct ArenaStats {
  std::uint64_t in_flight, peak_in_flight;
  std::uint64_t written_units, written_bytes, read_units, read_bytes;
  std::uint64_t writer_waits, writer_waited_ns, reader_waits, reader_waited_ns;
  std::uint64_t leases_out;
  std::uint32_t writers, readers;
};

/// Tells the processor that this is a spin loop.
inline void relax_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

class Attachment {
 public:
  /// `thread` is the number of this thread in its process; 0 for the main thread.
  explicit Attachment(std::shared_ptr<Region> region, std::uint32_t thread = 0);

  const Region& region() const noexcept { return *region_; }
  /// The caller keeps the mapping after this attachment has ended.
  std::shared_ptr<const Region> shared_region() const noexcept { return region_; }
  PeerTable& peers() noexcept { return peers_; }
  RecordQueue& queue() noexcept { return queue_; }
  SegmentTable& segments() noexcept { return segments_; }
  Stream& stream() noexcept { return stream_; }
  LossLog& losses() noexcept { return losses_; }
  InterprocessCondition& readable() noexcept { return readable_; }
  InterprocessCondition& writable() noexcept { return writable_; }
  Doorbell& doorbell() noexcept { return doorbell_; }
  int monitor_fd() const noexcept { return monitor_.event_fd(); }

  /// Joins as writer or reader. Throws ERR_ARENA_TOO_MANY_PEERS, or ERR_ARENA_ENDED when a writer
  /// comes after the end of the stream.
  Peer join(Role role);

  /// Finds dead peers and takes back everything that they held. Ends units that are open for longer
  /// than the unit timeout. Wakes all peers if it found any of these. Returns the dead peers that
  /// this attachment has not reported yet.
  std::vector<LostPeer> check_peers();
  /// Returns the deaths that a blocking call found while it waited, and empties the list.
  std::vector<LostPeer> take_lost();

  /// Waits on `condition` until `predicate()` is true. False at the deadline. Checks for dead peers
  /// meanwhile, and keeps the note. Checks the predicate for `spin` before it sleeps.
  template <typename Predicate>
  bool wait(InterprocessCondition& condition, Predicate predicate, Deadline deadline,
            std::chrono::nanoseconds spin, WaitingNote& note) {
    if (spin.count() > 0 && look_for(spin, predicate)) return true;
    const bool woken = condition.wait(predicate, deadline, [&] {
      note_deaths();
      note.looked();
    });
    // After a deadline the caller may continue this wait. The note shows it as waiting until the
    // caller has continued the wait or has ended it.
    if (woken) note.ends();
    return woken;
  }

  /// Indices of the peers that joined through this attachment and have not left.
  std::vector<std::uint32_t> own_peers() const;
  /// Asks a peer to check what it holds, because other peers wait for that.
  void ask(std::uint32_t index) noexcept;
  /// True when another peer has asked a peer of this attachment since the last call.
  bool was_asked() noexcept;

  void wake_everybody() noexcept;
  ArenaStats stats();
  /// Raises the recorded maximum of units in flight.
  void note_in_flight(std::uint64_t sequence, bool in_segment);

 private:
  Peer take_place(Role role);
  [[noreturn]] void throw_ended() const;
  /// Checks the predicate again and again, and yields this core now and then. The peer that is
  /// waited for may run on the same core: without the yield, a round trip there takes twice the
  /// spin.
  template <typename Predicate>
  static bool look_for(std::chrono::nanoseconds spin, Predicate predicate) {
    constexpr std::chrono::microseconds kYieldEvery{4};
    const auto park_at = Clock::now() + spin;
    auto yield_at = Clock::now() + kYieldEvery;
    for (auto now = Clock::now(); now < park_at; now = Clock::now()) {
      if (predicate()) return true;
      relax_cpu();
      if (now < yield_at) continue;
      std::this_thread::yield();
      yield_at = now + kYieldEvery;
    }
    return false;
  }

  void note_deaths();
  bool is_own(const Peer& peer) const noexcept;
  std::uint64_t leases_out() const noexcept;

  std::shared_ptr<Region> region_;
  ProcessIdentity self_;
  PeerTable peers_;
  RecordQueue queue_;
  SegmentTable segments_;
  Stream stream_;
  std::uint32_t thread_;
  std::uint32_t noted_at_ = 0;
  DoorbellRinger ringer_;
  InterprocessCondition readable_;
  InterprocessCondition writable_;
  Doorbell doorbell_;
  PeerMonitor monitor_;
  LossLog losses_;
  std::vector<LostPeer> lost_;
  /// All peers that joined here. Some may have left.
  std::vector<Peer> joined_;
  std::uint64_t last_asked_ = 0;
  std::uint64_t known_leases_ = 0;
};

}  // namespace arena::core
