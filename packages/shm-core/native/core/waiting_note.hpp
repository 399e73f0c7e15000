/// Tells other processes that a call of a peer waits. For diagnosis only: no step depends on it.
#pragma once

#include <cstdint>

#include "coarse_clock.hpp"
#include "layout.hpp"
#include "peer_state.hpp"

namespace arena::core {

/// Used by the peer that owns the slot.
class WaitingNote {
 public:
  explicit WaitingNote(PeerSlot& slot) noexcept : slot_(slot) {}

  /// Notes the room that a writer's call waits for.
  void wants(Placement wanted) noexcept {
    slot_.waits_for.store(wanted.pack(), std::memory_order_relaxed);
  }

  /// Notes that a waiting call has looked and goes on waiting.
  void looked() noexcept {
    const std::uint64_t now = coarse_ms();
    if (!shown_) slot_.waiting_since.store(now, std::memory_order_relaxed);
    shown_ = true;
    slot_.looked_at.store(now, std::memory_order_relaxed);
  }
  /// Notes that the call no longer waits.
  void ends() noexcept {
    if (!shown_) return;
    slot_.waiting_since.store(0, std::memory_order_relaxed);
    shown_ = false;
  }

 private:
  PeerSlot& slot_;
  bool shown_ = false;
};

}  // namespace arena::core
