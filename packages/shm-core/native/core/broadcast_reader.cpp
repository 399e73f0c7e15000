#include "broadcast_reader.hpp"

#include <algorithm>

#include "patience.hpp"

namespace arena::core {
namespace {

/// A reader looks this often for the record to skip to, while writers pass it.
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
  // SYNC: our lane is set. An overwriting writer that drops the record either sees the lane, or has
  // dropped the record before, which we see here. Without overwriting our position keeps the
  // record.
  if (arena_->queue().overwrite() && arena_->queue().oldest() > unit.view.sequence) {
    segments.release_lane(unit.view.segment - 1, peer_);
    return false;
  }
  count_lease(1);
  return true;
}

bool BroadcastReader::overtaken(const TakenUnit& unit) const noexcept {
  // SYNC: acquire; pairs with the fence in RecordQueue::make_room(). All loads from the record come
  // before this load of `oldest`.
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
  // The record counts as lost at once. The next call reports it.
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

/// Moves to the oldest record that is kept. True when committed records were lost, and not only
/// aborted ones.
bool BroadcastReader::lapped() {
  const std::uint64_t at = first_unread();
  const RecordQueue::Dropped kept = arena_->queue().dropped();
  if (kept.oldest <= at) return false;
  // At most as many as there were, even when a hostile peer has changed the counts.
  const std::uint64_t lost = std::min(kept.committed - passed_, kept.oldest - at);
  lost_ += lost;
  passed_ = kept.committed;
  position().store(kept.oldest, std::memory_order_seq_cst);
  return lost > 0;
}

void BroadcastReader::sync_to_newest() {
  if (!closed_) pass_to(&RecordQueue::newest_after);
}

/// Looks for a target from the position on, and skips all records before the target.
void BroadcastReader::pass_to(std::uint64_t (RecordQueue::*target)(std::uint64_t)) {
  RecordQueue& queue = arena_->queue();
  for (int attempt = 0; attempt < kSkipAttempts; ++attempt) {
    const std::uint64_t at = first_unread();
    const std::uint64_t to = (queue.*target)(at);
    if (to <= at) return;
    const auto passed = queue.overwrite() ? queue.committed_before(to) : passed_;
    // Writers have passed the target meanwhile, so there is a newer one.
    if (!passed) continue;
    passed_ = *passed;
    position().store(to, std::memory_order_seq_cst);
    arena_->writable().notify_all();
    return;
  }
  // Writers go round faster than this reader looks. The oldest record that is kept is newer than
  // all records that this reader has looked at.
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
