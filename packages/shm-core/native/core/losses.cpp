#include "losses.hpp"

#include <algorithm>

namespace arena::core {
namespace {

/// Every failed attempt is the success of another process, and far fewer losses than this happen at
/// once. Only a peer that rewrites the memory can cause more attempts.
constexpr std::uint32_t kMostAttempts = 4 * kMaxPeers;

std::uint32_t saturated(std::uint64_t count) noexcept {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(count, ReclaimedWord::kMost));
}

}  // namespace

LossLog::LossLog(const Region& region)
    : count_(region.control().loss_count),
      slots_(region.peers()),
      entries_(region.losses()),
      peer_count_(region.config().peer_count),
      kept_(kept_losses(region.config().peer_count)),
      next_(count_.load()) {}

void LossLog::tell(std::uint32_t slot, std::uint32_t generation) noexcept {
  for (std::uint32_t attempt = 0; attempt < kMostAttempts; ++attempt) {
    // SYNC: load the count before the mark. A process sets the mark before it raises the count past
    // the entry: so without a mark the loss has no entry below this number.
    const std::uint64_t number = count_.load();
    const LossWord loss = LossWord::unpack(slots_[slot].lost.load());
    std::uint64_t found = entry(number).peer.load();
    // While the count is `number`, the entry holds the loss of this number or of an earlier turn. A
    // value that was replaced never returns.
    if (count_.load() != number) continue;
    const std::uint32_t turn = this->turn(number) % LossWord::kTurns;
    if (LossWord::unpack(found).turn != turn) {
      if (loss.generation != generation || loss.turn != LossWord::kUntold) return;
      entry(number).peer.compare_exchange_strong(found, loss.with(turn).pack());
    }
    finish(number);
  }
}

void LossLog::finish(std::uint64_t number) noexcept {
  const LossWord loss = LossWord::unpack(entry(number).peer.load());
  std::uint64_t before = entry(number).reclaimed.load();
  // As in tell(). Until the count grows, the slot stays dead and its counters belong to this loss.
  if (count_.load() != number) return;
  if (loss.slot < peer_count_) {
    PeerSlot& slot = slots_[loss.slot];
    const ReclaimedWord now{saturated(slot.reclaimed_units), saturated(slot.reclaimed_leases),
                            turn(number) % ReclaimedWord::kTurns};
    if (ReclaimedWord::unpack(before).turn != now.turn) {
      entry(number).reclaimed.compare_exchange_strong(before, now.pack());
    }
    std::uint64_t untold = loss.with(LossWord::kUntold).pack();
    slot.lost.compare_exchange_strong(untold, loss.with(LossWord::kTold).pack());
  }
  std::uint64_t expected = number;
  count_.compare_exchange_strong(expected, number + 1);
}

std::vector<LostPeer> LossLog::take_new() {
  const std::uint64_t count = count_.load();
  // Only a damaged count shrinks.
  next_ = std::clamp(next_, count > kept_ ? count - kept_ : 0, count);
  std::vector<LostPeer> lost;
  for (; next_ < count; ++next_) {
    // SYNC: load both before the count. An entry is used again only when the count is `kept`
    // beyond.
    const LossWord loss = LossWord::unpack(entry(next_).peer.load());
    const ReclaimedWord reclaimed = ReclaimedWord::unpack(entry(next_).reclaimed.load());
    if (count_.load() >= next_ + kept_) continue;
    if (loss.role == Role::writer || loss.role == Role::reader) {
      lost.push_back({loss.pid, loss.role, reclaimed.units, reclaimed.leases});
    }
  }
  return lost;
}

}  // namespace arena::core
