#include "attachment.hpp"

#include <algorithm>
#include <utility>

#include "coarse_clock.hpp"
#include "recovery.hpp"

namespace arena::core {

Attachment::Attachment(std::shared_ptr<Region> region, std::uint32_t thread)
    : region_(std::move(region)),
      self_(this_process()),
      peers_(*region_),
      queue_(*region_, peers_),
      segments_(*region_, peers_, queue_),
      stream_(*region_, peers_),
      thread_(thread),
      ringer_(region_->peers(), region_->config().peer_count),
      readable_(region_->control().readable, region_->config().peer_count, ringer_),
      writable_(region_->control().writable, region_->config().peer_count, ringer_),
      monitor_(peers_, region_->control(), self_),
      losses_(*region_) {}

Peer Attachment::join(Role role) {
  region_->check_poison();
  const Peer peer = take_place(role);
  stream_.note_arrival({self_.pid, thread_}, noted_at_);
  if (role != Role::writer || stream_.admit()) {
    std::erase_if(joined_, [&](const Peer& one) { return !is_own(one); });
    joined_.push_back(peer);
    return peer;
  }
  leave(*this, peer);
  throw_ended();
}

void Attachment::throw_ended() const {
  std::string why = "its end was declared (arena.end()). Create another arena.";
  if (!stream_.word().declared) {
    const std::uint32_t expected = region_->config().writers;
    const std::string remedy =
        expected == 0 ? "Say at creation how many come (writers: n)"
                      : "Expect more at creation than writers: " + std::to_string(expected);
    why = "every writer that had come was closed. " + remedy +
          ", open the next writer before the last one closes, or create another arena.";
  }
  throw ArenaFailure("ERR_ARENA_ENDED", "this arena takes no more writers: " + why);
}

Peer Attachment::take_place(Role role) {
  if (auto peer = peers_.join(role, self_, doorbell_)) return *peer;
  note_deaths();
  if (auto peer = peers_.join(role, self_, doorbell_)) return *peer;
  throw ArenaFailure(
      "ERR_ARENA_TOO_MANY_PEERS",
      "too many writers and readers: all " + std::to_string(peers_.count()) +
          " places are taken. Close some, or create the arena with a larger maxPeers.");
}

std::vector<LostPeer> Attachment::check_peers() {
  note_deaths();
  return take_lost();
}

void Attachment::note_deaths() {
  const std::vector<Peer> dead = monitor_.check();
  ringer_.forget_gone();
  for (const Peer& peer : dead) recover(*this, peer);
  const std::uint64_t ended = queue_.end_overdue();
  if (!dead.empty() || ended > 0) wake_everybody();
  // Also the deaths that another process recovered.
  const std::vector<LostPeer> fresh = losses_.take_new();
  lost_.insert(lost_.end(), fresh.begin(), fresh.end());
  monitor_.forget_gone();
}

bool Attachment::is_own(const Peer& peer) const noexcept {
  const PeerState now = peers_.state(peer.index);
  return now.generation == peer.state.generation && now.phase == PeerPhase::live;
}

std::vector<std::uint32_t> Attachment::own_peers() const {
  std::vector<std::uint32_t> indices;
  for (const Peer& peer : joined_) {
    if (is_own(peer)) indices.push_back(peer.index);
  }
  return indices;
}

void Attachment::ask(std::uint32_t index) noexcept {
  if (index >= peers_.count()) return;
  peers_.slot(index).asked_at.store(coarse_ms(), std::memory_order_relaxed);
  ringer_.ring(index);
}

bool Attachment::was_asked() noexcept {
  std::uint64_t latest = 0;
  for (const Peer& peer : joined_) {
    if (!is_own(peer)) continue;
    latest = std::max(latest, peers_.slot(peer.index).asked_at.load(std::memory_order_relaxed));
  }
  return std::exchange(last_asked_, latest) != latest && latest != 0;
}

std::vector<LostPeer> Attachment::take_lost() { return std::exchange(lost_, {}); }

void Attachment::wake_everybody() noexcept {
  readable_.notify_all();
  writable_.notify_all();
}

std::uint64_t Attachment::leases_out() const noexcept {
  std::uint64_t leases = 0;
  for (std::uint32_t index = 0; index < peers_.limit(); ++index) {
    if (peers_.member(index).role != Role::reader) continue;
    leases += peers_.slot(index).leases_out.load(std::memory_order_relaxed);
  }
  return leases;
}

void Attachment::note_in_flight(std::uint64_t sequence, bool in_segment) {
  // Only units in segments can be leased. For small units the last count is good enough.
  if (in_segment) known_leases_ = leases_out();
  std::atomic<std::uint64_t>& peak = region_->control().peak_in_flight;
  std::uint64_t known = peak.load(std::memory_order_relaxed);
  // Refreshing the floor costs time. It is refreshed only when the known floor gives a new maximum.
  if (queue_.depth(sequence + 1) + known_leases_ <= known) return;
  queue_.update_floor();
  const std::uint64_t now = queue_.depth(sequence + 1) + known_leases_;
  while (known < now && !peak.compare_exchange_weak(known, now, std::memory_order_relaxed)) {
  }
}

ArenaStats Attachment::stats() {
  ArenaStats stats{};
  for (std::uint32_t index = 0; index < peers_.limit(); ++index) {
    const PeerSlot& slot = peers_.slot(index);
    stats.written_units += slot.written_units.load(std::memory_order_relaxed);
    stats.written_bytes += slot.written_bytes.load(std::memory_order_relaxed);
    stats.read_units += slot.read_units.load(std::memory_order_relaxed);
    stats.read_bytes += slot.read_bytes.load(std::memory_order_relaxed);
    stats.writer_waits += slot.waits.load(std::memory_order_relaxed);
    stats.writer_waited_ns += slot.waited_ns.load(std::memory_order_relaxed);
    stats.reader_waits += slot.reader_waits.load(std::memory_order_relaxed);
    stats.reader_waited_ns += slot.reader_waited_ns.load(std::memory_order_relaxed);
  }
  stats.leases_out = segments_.leased_count();
  const std::uint64_t read_on = queue_.broadcast() ? segments_.leased_past() : stats.leases_out;
  stats.in_flight = queue_.committed_count() + read_on;
  stats.peak_in_flight = std::max(region_->control().peak_in_flight.load(), stats.in_flight);
  stats.writers = peers_.members(Role::writer);
  stats.readers = peers_.members(Role::reader);
  return stats;
}

}  // namespace arena::core
