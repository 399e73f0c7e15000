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
  // Generations count modulo 2^24: after as many tenants the slot still tells of a namesake, whose
  // loss would pass for this one's.
  if (LossWord::unpack(slot.lost.load()).generation == generation) slot.lost.store(0);
}

/// SYNC: seq_cst, before the member is: whoever waits for a member, or looks at positions after a
/// fence, finds it below the limit.
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

    // Before anybody could wait for the new member, the others watch its process.
    raise_limit(control_.peer_limit, index + 1);
    control_.peer_epoch.fetch_add(1, std::memory_order_seq_cst);
    announce(slot, mine.generation, self, doorbell);
    control_.members[index].store(Member{role, mine.generation}.pack(), std::memory_order_seq_cst);
    mine.phase = PeerPhase::live;
    // SYNC: release; whoever loads the state with acquire sees the slot's fields.
    slot.state.store(mine.pack(), std::memory_order_release);
    control_.peer_epoch.fetch_add(1, std::memory_order_release);
    return Peer{index, PeerState::unpack(mine.pack()), role};
  }
  // Every slot is taken, perhaps by one that died before it said so: have all of them looked at.
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
  // SYNC: release; the next tenant's acquire in join() sees all that was returned.
  // Acquire as well: whoever frees a slot after another survivor has swept it comes after that.
  slot.state.compare_exchange_strong(word, next.pack(), std::memory_order_acq_rel);
}

void PeerTable::strike(const Peer& peer) noexcept {
  // The armed bits stay: the next notify clears them, and rings nobody.
  for (const Role role : {Role::writer, Role::reader}) {
    std::uint32_t expected = Member{role, peer.state.generation}.pack();
    control_.members[peer.index].compare_exchange_strong(expected, 0, std::memory_order_seq_cst);
  }
}

bool PeerTable::mark_dead(const Peer& peer) noexcept {
  PeerSlot& slot = slots_[peer.index];
  // Read first: once somebody has told of this loss or a later one, ours changes nothing.
  std::uint64_t lost_before = slot.lost.load(std::memory_order_acquire);
  std::uint64_t word = slot.state.load(std::memory_order_acquire);
  for (;;) {
    const PeerState found = PeerState::unpack(word);
    if (found.generation != peer.state.generation || found.phase == PeerPhase::free ||
        found.phase == PeerPhase::dead) {
      return false;
    }
    // Told before the mark, so that a marker's own death leaves it told. Proof is at hand already.
    if (found.phase != PeerPhase::leaving) {
      const Role role = this->role(peer.index, found.generation);
      // A live one without a role is a reader that has closed and still held leases.
      const Role told = role == Role::none && found.phase == PeerPhase::live ? Role::reader : role;
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
  // As many at once as there are: each that is left would call for another look at all peers.
  struct epoll_event events[kMaxPeers];
  const bool ended = ::epoll_wait(epoll_fd_, events, kMaxPeers, 0) > 0;
  const std::uint32_t epoch = control_.peer_epoch.load(std::memory_order_acquire);
  if (!ended && epoch == seen_epoch_) return {};
  seen_epoch_ = epoch;
  std::vector<Peer> dead;
  for (std::uint32_t index = 0; index < table_.limit(); ++index) {
    const PeerState state = table_.state(index);
    if (state.phase == PeerPhase::free) continue;
    // A joining peer is looked at again: its death in between is announced by nobody.
    if (state.phase == PeerPhase::joining) seen_epoch_ = epoch - 1;
    // Its pid alone is no proof of kinship: ours may have been a dead peer's before.
    const bool own = state.pid == self_.pid && started_at(index, state, self_.start_time);
    bool proven = state.phase == PeerPhase::dead;
    try {
      proven = proven || (!own && proven_dead(index, state));
    } catch (const std::system_error&) {
      // Not to be told now, most of all for want of a descriptor: that is no proof. Look again.
      seen_epoch_ = epoch - 1;
    }
    if (proven) dead.push_back({index, state, table_.role(index, state.generation)});
  }
  return dead;
}

/// Whether this incarnation of the slot belongs to the process of its pid that started at `time`.
bool PeerMonitor::started_at(std::uint32_t index, PeerState state, std::uint64_t time) const {
  if (PeerState::low(time) != state.start_low) return false;
  // While it joins, the slot may still tell of its last tenant.
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
  // By edge: a dead process that somebody else recovers must not spin the event loop.
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
