/// The losses of an arena: which peers died without leaving, in the order in which it was told.
///
/// One ring of entries for all processes. Every loss gets one entry, however many survivors tell it
/// at once, and whichever of them die over it:
///
///   loss_count = n         entry n is the next one
///   1. entry n: peer       from what entry n - kept had there to the loss, by compare-and-swap.
///                          Whoever wins has entry n; the others try entry n + 1.
///   2. entry n: reclaimed  the same way, from the counters of the slot
///   3. slot: lost          marked as told
///   4. loss_count          from n to n + 1. Only now do readers look at entry n.
///
/// A teller that finds entry n taken does steps 2 to 4 for it first. So a loss whose teller was
/// killed is told by the next one; and a slot that is not marked as told, while loss_count is n,
/// has no entry below n.
#pragma once

#include <cstdint>
#include <vector>

#include "peer_state.hpp"
#include "region.hpp"

namespace arena::core {

/// What survivors are told of a peer that died without leaving.
struct LostPeer {
  std::uint32_t pid;
  Role role;
  std::uint64_t reclaimed_units;
  std::uint64_t reclaimed_leases;
};

/// One attachment's view of the losses.
class LossLog {
 public:
  /// What was lost before is no news to it.
  explicit LossLog(const Region& region);

  /// Tells everybody of the loss in `slot`, unless that was done. The slot is dead, and stays so
  /// until somebody has called this.
  void tell(std::uint32_t slot, std::uint32_t generation) noexcept;

  /// The losses since the last call, each once. A caller that comes so late that more were told
  /// than are kept misses the first ones.
  std::vector<LostPeer> take_new();

 private:
  Loss& entry(std::uint64_t number) const noexcept { return entries_[number % kept_]; }
  std::uint32_t turn(std::uint64_t number) const noexcept {
    return static_cast<std::uint32_t>(number / kept_ + 1);
  }
  /// Steps 2 to 4, for whatever loss has the entry.
  void finish(std::uint64_t number) noexcept;

  std::atomic<std::uint64_t>& count_;
  PeerSlot* const slots_;
  Loss* const entries_;
  const std::uint32_t peer_count_;
  const std::uint64_t kept_;
  std::uint64_t next_;
};

}  // namespace arena::core
