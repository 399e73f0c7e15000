/// Tells other processes that a call of a peer waits. For diagnosis alone: nothing is decided by
/// it.
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

  /// What the call of a writer waits for.
  void wants(Wanted wanted) noexcept {
    slot_.waits_for.store(wanted.pack(), std::memory_order_relaxed);
  }

  /// A call that waits has looked, and goes on waiting.
  void looked() noexcept {
    const std::uint64_t now = coarse_ms();
    if (!shown_) slot_.waiting_since.store(now, std::memory_order_relaxed);
    shown_ = true;
    slot_.looked_at.store(now, std::memory_order_relaxed);
  }
  /// The call waits no more.
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
