/// The losses of an arena: the peers that died without leaving, in the order in which survivors
/// told their deaths.
///
/// All processes share one ring of entries. Every loss gets exactly one entry, even when several
/// survivors tell it at once and some of them die while they do:
///
///   loss_count = n         entry n is the next one
///   1. entry n: peer       compare-and-swap from the value of entry n - kept to this loss. The
///                          process that succeeds has entry n; the others try entry n + 1.
///   2. entry n: reclaimed  set in the same way, from the counters of the slot
///   3. slot: lost          marked as told
///   4. loss_count          from n to n + 1. From now on readers look at entry n.
///
/// A process that finds entry n taken first does steps 2 to 4 for that entry. So when a process
/// dies while it tells a loss, the next process finishes the telling. While loss_count is n, a slot
/// that is not marked as told has no entry below n.
#pragma once

#include <cstdint>
#include <vector>

#include "peer_state.hpp"
#include "region.hpp"

namespace arena::core {

/// A peer that died without leaving, as survivors are told of it.
struct LostPeer {
  std::uint32_t pid;
  Role role;
  std::uint64_t reclaimed_units;
  std::uint64_t reclaimed_leases;
};

/// One attachment's view of the losses.
class LossLog {
 public:
  /// take_new() skips the losses that were told before this moment.
  explicit LossLog(const Region& region);

  /// Tells all processes of the loss in `slot`, unless that was done. The slot is dead, and stays
  /// dead until a process has called this.
  void tell(std::uint32_t slot, std::uint32_t generation) noexcept;

  /// The losses since the last call, each once. A late caller misses the first losses when more
  /// were told than the ring keeps.
  std::vector<LostPeer> take_new();

 private:
  Loss& entry(std::uint64_t number) const noexcept { return entries_[number % kept_]; }
  std::uint32_t turn(std::uint64_t number) const noexcept {
    return static_cast<std::uint32_t>(number / kept_ + 1);
  }
  /// Steps 2 to 4 for the loss that has the entry.
  void finish(std::uint64_t number) noexcept;

  std::atomic<std::uint64_t>& count_;
  PeerSlot* const slots_;
  Loss* const entries_;
  const std::uint32_t peer_count_;
  const std::uint64_t kept_;
  std::uint64_t next_;
};

}  // namespace arena::core
