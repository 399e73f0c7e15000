/// The table of writers and readers: joining, leaving, and proven deaths.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "peer_state.hpp"
#include "process_identity.hpp"
#include "region.hpp"

namespace arena::core {

class Doorbell;

/// One incarnation of a peer slot.
struct Peer {
  std::uint32_t index = 0;
  PeerState state;
  Role role = Role::none;
};

class PeerTable {
 public:
  explicit PeerTable(const Region& region)
      : control_(region.control()), slots_(region.peers()), count_(region.config().peer_count) {}

  /// Takes a free slot. Nothing when no slot is free; then the next check looks at every slot. The
  /// new slot's position does not hold back any writer yet.
  std::optional<Peer> join(Role role, const ProcessIdentity& self, const Doorbell& doorbell);

  /// live -> leaving, by the owner. False when the slot no longer belongs to `peer`.
  bool begin_leaving(const Peer& peer) noexcept;
  /// Takes the peer out of the members, so that no process waits for it.
  void strike(const Peer& peer) noexcept;
  /// Makes a writer a closed writer, which is no member and keeps its slot.
  void retire(const Peer& writer) noexcept;
  /// Frees the slot. Everything that the peer held must have been returned before.
  void free(const Peer& peer) noexcept;

  /// Marks a proven death. False when another process has marked it, or when the slot has another
  /// tenant.
  bool mark_dead(const Peer& peer) noexcept;
  /// True while the slot still belongs to this dead incarnation. Then every word that the caller
  /// read before belongs to it as well.
  bool is_dead(const Peer& peer) const noexcept;

  PeerSlot& slot(std::uint32_t index) const noexcept { return slots_[index]; }
  std::uint32_t count() const noexcept { return count_; }
  /// No slot at or above this index has ever been used.
  std::uint32_t limit() const noexcept {
    const std::uint32_t limit = control_.peer_limit.load(std::memory_order_seq_cst);
    return limit < count_ ? limit : count_;
  }
  PeerState state(std::uint32_t index) const noexcept {
    return PeerState::unpack(slots_[index].state.load(std::memory_order_acquire));
  }
  Member member(std::uint32_t index) const noexcept {
    return Member::unpack(control_.members[index].load(std::memory_order_seq_cst));
  }
  /// The role of this incarnation of a slot. Role::none before it becomes a member, and after it
  /// was struck.
  Role role(std::uint32_t index, std::uint32_t generation) const noexcept {
    const Member found = member(index);
    return found.generation == generation ? found.role : Role::none;
  }
  std::uint32_t members(Role role) const noexcept;

 private:
  Control& control_;
  PeerSlot* slots_;
  std::uint32_t count_;
};

/// Watches the processes of an arena's peers through pidfds.
class PeerMonitor {
 public:
  PeerMonitor(const PeerTable& table, const Control& control, const ProcessIdentity& self);
  ~PeerMonitor();
  PeerMonitor(const PeerMonitor&) = delete;
  PeerMonitor& operator=(const PeerMonitor&) = delete;

  /// Readable when a watched process has ended.
  int event_fd() const noexcept { return epoll_fd_; }

  /// Begins to watch the peers that have joined since the last call. Returns the peers that are
  /// proven dead and not recovered yet.
  std::vector<Peer> check();
  /// Stops watching processes that have left their slots.
  void forget_gone();

 private:
  struct Watched {
    std::uint32_t generation = 0;
    std::optional<ProcessWatch> process;
  };
  /// Throws std::system_error when the kernel gives no answer.
  bool proven_dead(std::uint32_t index, PeerState state);
  bool started_at(std::uint32_t index, PeerState state, std::uint64_t time) const;
  void watch(std::uint32_t index, ProcessWatch process);

  const PeerTable& table_;
  const Control& control_;
  const ProcessIdentity self_;
  int epoll_fd_;
  std::uint32_t seen_epoch_ = ~0u;
  std::vector<Watched> watched_;
};

}  // namespace arena::core
