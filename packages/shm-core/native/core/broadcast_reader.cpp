#include "broadcast_reader.hpp"

#include <algorithm>

#include "patience.hpp"

namespace arena::core {
namespace {

/// How often a reader looks for the record to skip to, while writers pass it.
constexpr int kSkipAttempts = 64;

}  // namespace

BroadcastReader::BroadcastReader(std::shared_ptr<Attachment> arena, From from)
    : Reader(std::move(arena)) {
  start(from);
  opened();
}

void BroadcastReader::start(From from) {
  RecordQueue& queue = arena_->queue();
  queue.register_reader(peer_.index);
  if (queue.overwrite()) start_at_oldest();
  if (from == From::newest) pass_to(&RecordQueue::newest_after);
  if (from == From::next) pass_to(&RecordQueue::first_unfinished);
}

Status BroadcastReader::take_next(TakenUnit& unit, std::uint64_t) {
  RecordQueue& queue = arena_->queue();
  const Region& region = arena_->region();
  Patience patience(region, "a reader's position that moves back", region.layout().peers);
  for (;; patience.spend()) {
    const std::uint64_t sequence = position().load(std::memory_order_relaxed);
    if (queue.overwrite() && queue.oldest() > sequence) {
      if (lapped()) return Status::lapped;
      continue;
    }
    switch (queue.look(sequence, unit.view)) {
      case Look::committed:
        unit.attempt = 0;
        unit.leased = unit.view.segment != 0;
        if (!unit.leased || lease(unit)) return Status::ok;
        break;
      case Look::skipped:
        position().store(sequence + 1, std::memory_order_seq_cst);
        arena_->writable().notify_all();
        break;
      case Look::overwritten:
        if (queue.overwrite() && queue.oldest() > sequence) break;
        region.poison("a record that a reader still needed", region.layout().cells);
      case Look::claimed:
      case Look::nothing:
        return Status::empty;
    }
  }
}

/// False when an overwriting writer has dropped the record.
bool BroadcastReader::lease(TakenUnit& unit) {
  SegmentTable& segments = arena_->segments();
  segments.lease_lane(unit.view.segment - 1, peer_);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  // SYNC: with our lane set, an overwriting writer that dropped the record either saw it, or
  // dropped it before and we see that here. Elsewhere our position keeps the record.
  if (arena_->queue().overwrite() && arena_->queue().oldest() > unit.view.sequence) {
    segments.release_lane(unit.view.segment - 1, peer_);
    return false;
  }
  count_lease(1);
  return true;
}

bool BroadcastReader::overtaken(const TakenUnit& unit) const noexcept {
  // SYNC: acquire; what was read of the record came before this look at `oldest`. Pairs with the
  // fence in RecordQueue::make_room.
  std::atomic_thread_fence(std::memory_order_acquire);
  return arena_->queue().overwrite() && !unit.leased &&
         arena_->queue().oldest() > unit.view.sequence;
}

bool BroadcastReader::overtaken() const noexcept { return loan_ && overtaken(*loan_); }

Status BroadcastReader::borrow(RecordView& record, std::uint64_t most) {
  TakenUnit unit;
  const Status status = next(unit);
  if (status != Status::ok) return status;
  record = unit.view;
  if (record.byte_length > most) return Status::too_large;
  loan_ = unit;
  return status;
}

bool BroadcastReader::end_loan() {
  if (!loan_) return true;
  const bool whole = finish(*loan_);
  loan_.reset();
  // Counted among the lost at once; told by the next call.
  if (!whole) lapped_ = move_on() == Status::lapped;
  return whole;
}

bool BroadcastReader::pass(const TakenUnit& unit, bool notify) {
  if (overtaken(unit)) return false;
  // SYNC: the store releases the record's bytes to writers, which load positions before claiming.
  position().store(unit.view.sequence + 1, std::memory_order_seq_cst);
  ++passed_;
  if (notify) notify_progress();
  return true;
}

void BroadcastReader::notify_progress() noexcept { arena_->writable().notify_all(); }

void BroadcastReader::give_back(const TakenUnit& unit) { release(unit); }

void BroadcastReader::give_up_lease(const TakenUnit& unit) noexcept {
  arena_->segments().release_lane(unit.view.segment - 1, peer_);
}

std::uint64_t BroadcastReader::first_unread() { return position().load(std::memory_order_relaxed); }

bool BroadcastReader::available() {
  RecordQueue& queue = arena_->queue();
  const std::uint64_t at = first_unread();
  const auto word = queue.word_of(at);
  if (word && !word->open()) return true;
  return queue.overwrite() && queue.oldest() > at;
}

/// Moves on to the oldest record kept. True when records were lost: all that are gone may have been
/// aborted.
bool BroadcastReader::lapped() {
  const std::uint64_t at = first_unread();
  const RecordQueue::Dropped kept = arena_->queue().dropped();
  if (kept.oldest <= at) return false;
  // No more than there were, whatever a hostile peer has written there.
  const std::uint64_t lost = std::min(kept.committed - passed_, kept.oldest - at);
  lost_ += lost;
  passed_ = kept.committed;
  position().store(kept.oldest, std::memory_order_seq_cst);
  return lost > 0;
}

void BroadcastReader::sync_to_newest() {
  if (!closed_) pass_to(&RecordQueue::newest_after);
}

/// Skips all records before a target, which is looked for from the position on.
void BroadcastReader::pass_to(std::uint64_t (RecordQueue::*target)(std::uint64_t)) {
  RecordQueue& queue = arena_->queue();
  for (int attempt = 0; attempt < kSkipAttempts; ++attempt) {
    const std::uint64_t at = first_unread();
    const std::uint64_t to = (queue.*target)(at);
    if (to <= at) return;
    const auto passed = queue.overwrite() ? queue.committed_before(to) : passed_;
    // Writers have passed the target meanwhile: there is a newer one.
    if (!passed) continue;
    passed_ = *passed;
    position().store(to, std::memory_order_seq_cst);
    arena_->writable().notify_all();
    return;
  }
  // Writers go round faster than this reader looks: the oldest record kept is newer than all that
  // it looked at.
  start_at_oldest();
}

void BroadcastReader::start_at_oldest() {
  const RecordQueue::Dropped kept = arena_->queue().dropped();
  passed_ = kept.committed;
  position().store(kept.oldest, std::memory_order_seq_cst);
}

std::uint64_t BroadcastReader::lag() {
  return closed_ ? 0 : arena_->queue().committed_from(first_unread());
}

}  // namespace arena::core
