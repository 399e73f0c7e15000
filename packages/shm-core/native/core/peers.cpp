#include "peers.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <system_error>

#include "doorbell.hpp"

namespace arena::core {

namespace {

void announce(PeerSlot& slot, std::uint32_t generation, const ProcessIdentity& self,
              const Doorbell& doorbell) {
  slot.start_time.store(self.start_time, std::memory_order_relaxed);
  slot.doorbell_fd.store(static_cast<std::uint64_t>(doorbell.read_fd()), std::memory_order_relaxed);
  slot.doorbell_inode.store(doorbell.inode(), std::memory_order_relaxed);
  slot.position.store(kNoPosition, std::memory_order_relaxed);
  slot.leases_out.store(0, std::memory_order_relaxed);
  slot.waiting_since.store(0, std::memory_order_relaxed);
  slot.asked_at.store(0, std::memory_order_relaxed);
  slot.reclaimed_units.store(0, std::memory_order_relaxed);
  slot.reclaimed_leases.store(0, std::memory_order_relaxed);
  // Generations count modulo 2^24. After 2^24 tenants the slot may still hold the loss of a tenant
  // with our generation, which would pass for our loss.
  if (LossWord::unpack(slot.lost.load()).generation == generation) slot.lost.store(0);
}

/// The role that the survivors are told of a peer that died in this role and phase.
Role role_of_lost(Role role, PeerPhase phase) {
  if (role == Role::closed_writer) return Role::writer;
  // A live peer without a role is a closed reader that still held leases.
  return role == Role::none && phase == PeerPhase::live ? Role::reader : role;
}

/// SYNC: seq_cst, and called before the member is stored. So a process that waits for a member, or
/// that looks at positions after a fence, finds the member below the limit.
void raise_limit(std::atomic<std::uint32_t>& limit, std::uint32_t to) {
  std::uint32_t found = limit.load(std::memory_order_relaxed);
  while (found < to && !limit.compare_exchange_weak(found, to, std::memory_order_seq_cst)) {
  }
}

}  // namespace

std::optional<Peer> PeerTable::join(Role role, const ProcessIdentity& self,
                                    const Doorbell& doorbell) {
  for (std::uint32_t index = 0; index < count_; ++index) {
    PeerSlot& slot = slots_[index];
    std::uint64_t word = slot.state.load(std::memory_order_acquire);
    const PeerState found = PeerState::unpack(word);
    if (found.phase != PeerPhase::free) continue;
    PeerState mine{PeerPhase::joining, self.pid, PeerState::low(self.start_time),
                   found.generation + 1};
    if ((mine.generation & PeerState::mask(PeerState::kGenerationBits)) == 0) mine.generation = 1;
    if (!slot.state.compare_exchange_strong(word, mine.pack(), std::memory_order_seq_cst)) continue;

    // The other processes must watch the new process before any of them can wait for its member.
    raise_limit(control_.peer_limit, index + 1);
    control_.peer_epoch.fetch_add(1, std::memory_order_seq_cst);
    announce(slot, mine.generation, self, doorbell);
    control_.members[index].store(Member{role, mine.generation}.pack(), std::memory_order_seq_cst);
    mine.phase = PeerPhase::live;
    // SYNC: release; a process that loads the state with acquire sees the slot's fields.
    slot.state.store(mine.pack(), std::memory_order_release);
    control_.peer_epoch.fetch_add(1, std::memory_order_release);
    return Peer{index, PeerState::unpack(mine.pack()), role};
  }
  // Every slot is taken. A process may have died before it raised the limit, so check all slots.
  raise_limit(control_.peer_limit, count_);
  control_.peer_epoch.fetch_add(1, std::memory_order_seq_cst);
  return std::nullopt;
}

bool PeerTable::begin_leaving(const Peer& peer) noexcept {
  std::uint64_t expected = peer.state.with(PeerPhase::live).pack();
  return slots_[peer.index].state.compare_exchange_strong(
      expected, peer.state.with(PeerPhase::leaving).pack(), std::memory_order_seq_cst);
}

void PeerTable::free(const Peer& peer) noexcept {
  PeerSlot& slot = slots_[peer.index];
  std::uint64_t word = slot.state.load(std::memory_order_acquire);
  const PeerState state = PeerState::unpack(word);
  const bool ending = state.phase == PeerPhase::leaving || state.phase == PeerPhase::dead;
  if (!ending || state.generation != peer.state.generation) return;
  PeerState next{};
  next.generation = state.generation;
  // SYNC: acq_rel. The release pairs with the next tenant's acquire in join(): the tenant sees
  // everything that was returned. The acquire orders this call after the sweep of another survivor.
  slot.state.compare_exchange_strong(word, next.pack(), std::memory_order_acq_rel);
}

void PeerTable::strike(const Peer& peer) noexcept {
  // The armed bits stay. The next notify clears them, and rings no doorbell.
  for (const Role role : {Role::writer, Role::reader, Role::closed_writer}) {
    std::uint32_t expected = Member{role, peer.state.generation}.pack();
    control_.members[peer.index].compare_exchange_strong(expected, 0, std::memory_order_seq_cst);
  }
}

void PeerTable::retire(const Peer& writer) noexcept {
  const std::uint32_t generation = writer.state.generation;
  std::uint32_t expected = Member{Role::writer, generation}.pack();
  control_.members[writer.index].compare_exchange_strong(
      expected, Member{Role::closed_writer, generation}.pack(), std::memory_order_seq_cst);
}

bool PeerTable::mark_dead(const Peer& peer) noexcept {
  PeerSlot& slot = slots_[peer.index];
  // Load `lost` first. When another process tells this loss or a later one, our CAS fails.
  std::uint64_t lost_before = slot.lost.load(std::memory_order_acquire);
  std::uint64_t word = slot.state.load(std::memory_order_acquire);
  for (;;) {
    const PeerState found = PeerState::unpack(word);
    if (found.generation != peer.state.generation || found.phase == PeerPhase::free ||
        found.phase == PeerPhase::dead) {
      return false;
    }
    // Store the loss before the mark: a process that dies after its mark must leave the loss
    // stored. The death is proven already.
    if (found.phase != PeerPhase::leaving) {
      const Role role = this->role(peer.index, found.generation);
      const Role told = role_of_lost(role, found.phase);
      if (told != Role::none && LossWord::unpack(lost_before).generation != found.generation) {
        slot.lost.compare_exchange_strong(
            lost_before,
            LossWord{peer.index, found.generation, LossWord::kUntold, told, found.pid}.pack());
      }
      if (role == Role::writer) control_.history.fetch_or(kWriterLost, std::memory_order_seq_cst);
      if (role == Role::reader) control_.history.fetch_or(kReaderLost, std::memory_order_seq_cst);
    }
    if (slot.state.compare_exchange_weak(word, found.with(PeerPhase::dead).pack(),
                                         std::memory_order_seq_cst)) {
      return true;
    }
  }
}

bool PeerTable::is_dead(const Peer& peer) const noexcept {
  const PeerState found = state(peer.index);
  return found.phase == PeerPhase::dead && found.generation == peer.state.generation;
}

std::uint32_t PeerTable::members(Role role) const noexcept {
  std::uint32_t number = 0;
  for (std::uint32_t index = 0; index < limit(); ++index) number += member(index).role == role;
  return number;
}

PeerMonitor::PeerMonitor(const PeerTable& table, const Control& control,
                         const ProcessIdentity& self)
    : table_(table), control_(control), self_(self), watched_(table.count()) {
  epoll_fd_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

PeerMonitor::~PeerMonitor() { ::close(epoll_fd_); }

std::vector<Peer> PeerMonitor::check() {
  // Take all events at once: each remaining event would cause another look at all peers.
  struct epoll_event events[kMaxPeers];
  const bool ended = ::epoll_wait(epoll_fd_, events, kMaxPeers, 0) > 0;
  const std::uint32_t epoch = control_.peer_epoch.load(std::memory_order_acquire);
  if (!ended && epoch == seen_epoch_) return {};
  seen_epoch_ = epoch;
  std::vector<Peer> dead;
  for (std::uint32_t index = 0; index < table_.limit(); ++index) {
    const PeerState state = table_.state(index);
    if (state.phase == PeerPhase::free) continue;
    // Look at a joining peer again: no event announces its death before we watch its process.
    if (state.phase == PeerPhase::joining) seen_epoch_ = epoch - 1;
    // The pid alone does not prove that a peer is ours: a dead peer may have had our pid before.
    const bool own = state.pid == self_.pid && started_at(index, state, self_.start_time);
    bool proven = state.phase == PeerPhase::dead;
    try {
      proven = proven || (!own && proven_dead(index, state));
    } catch (const std::system_error&) {
      // The kernel gave no answer, most likely because no descriptor is free. That proves nothing:
      // look again.
      seen_epoch_ = epoch - 1;
    }
    if (proven) dead.push_back({index, state, table_.role(index, state.generation)});
  }
  return dead;
}

/// Whether this incarnation of the slot belongs to the process that has its pid and started at
/// `time`.
bool PeerMonitor::started_at(std::uint32_t index, PeerState state, std::uint64_t time) const {
  if (PeerState::low(time) != state.start_low) return false;
  // While a peer joins, the slot may still hold the start time of its last tenant.
  if (state.phase == PeerPhase::joining || state.phase == PeerPhase::dead) return true;
  const std::uint64_t announced = table_.slot(index).start_time.load(std::memory_order_acquire);
  return announced == time || table_.state(index).generation != state.generation;
}

bool PeerMonitor::proven_dead(std::uint32_t index, PeerState state) {
  Watched& watched = watched_[index];
  if (watched.process && watched.generation == state.generation) return watched.process->dead();
  watched = {state.generation, std::nullopt};
  const auto started = start_time_of(state.pid);
  const bool reused = started && !started_at(index, state, *started);
  if (reused) return true;
  auto process = ProcessWatch::open({state.pid, started.value_or(0)});
  if (!process) return true;
  watch(index, std::move(*process));
  return false;
}

void PeerMonitor::watch(std::uint32_t index, ProcessWatch process) {
  struct epoll_event event {};
  // Edge-triggered: a dead process that another process recovers must not keep the event loop busy.
  event.events = EPOLLIN | EPOLLET;
  event.data.u32 = index;
  if (::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, process.fd(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
  watched_[index].process = std::move(process);
}

void PeerMonitor::forget_gone() {
  for (std::uint32_t index = 0; index < table_.limit(); ++index) {
    Watched& watched = watched_[index];
    if (!watched.process) continue;
    const PeerState now = table_.state(index);
    if (now.phase == PeerPhase::free || now.generation != watched.generation) watched = {};
  }
}

}  // namespace arena::core
