#include "reader.hpp"

#include <algorithm>

#include "patience.hpp"
#include "recovery.hpp"

namespace arena::core {
namespace {

/// How often a reader looks for where to skip to, while writers pass it.
constexpr int kSkipAttempts = 64;

void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

}  // namespace

Reader::Reader(std::shared_ptr<Attachment> arena, From from)
    : arena_(std::move(arena)),
      peer_(arena_->join(Role::reader)),
      note_(arena_->peers().slot(peer_.index)),
      broadcast_(arena_->queue().broadcast()) {
  if (broadcast_) start(from);
  // Only now: until a first reader has its position, a broadcast's writers keep everything for it.
  arena_->region().control().history.fetch_or(kReaderSeen, std::memory_order_seq_cst);
}

void Reader::start(From from) {
  RecordQueue& queue = arena_->queue();
  queue.register_reader(peer_.index);
  if (queue.overwrite()) start_at_oldest();
  if (from == From::newest) pass_to(&RecordQueue::newest_after);
  if (from == From::next) pass_to(&RecordQueue::first_unfinished);
}

Reader::~Reader() { close(); }

std::atomic<std::uint64_t>& Reader::position() const noexcept {
  return arena_->peers().slot(peer_.index).position;
}

Status Reader::take(TakenUnit& unit, std::uint64_t most) {
  if (closed_) return Status::closed;
  arena_->region().check_poison();
  const auto once = [&] { return broadcast_ ? take_broadcast(unit) : take_exclusive(unit, most); };
  Status status = once();
  if (status != Status::empty) return status;
  std::uint64_t seen = 0;
  const Status end = arena_->stream().state(seen);
  if (end == Status::empty) return end;
  // What the last writer committed was visible before it was gone: look once more.
  status = once();
  if (status != Status::empty || pending()) return status;
  if (end == Status::ended && !arena_->stream().end(seen)) return Status::empty;
  if (end == Status::quiet) quiet_ = seen;
  return end;
}

bool Reader::end_quiet_stream() noexcept {
  if (!arena_->stream().end(quiet_)) return false;
  arena_->readable().notify_all();
  return true;
}

Status Reader::take_broadcast(TakenUnit& unit) {
  RecordQueue& queue = arena_->queue();
  Patience patience(arena_->region(), "a reader's position that moves back",
                    arena_->region().layout().peers);
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
        arena_->region().poison("a record that a reader still needed",
                                arena_->region().layout().cells);
      case Look::claimed:
      case Look::nothing:
        return Status::empty;
    }
  }
}

/// The first committed record that no reader has taken, and its taker word.
std::optional<Reader::Untaken> Reader::next_untaken() {
  RecordQueue& queue = arena_->queue();
  const std::uint64_t end = queue.tail();
  queue.refresh_floor();
  const std::uint64_t from = queue.first_kept(end);
  const std::uint64_t until = std::min(end, from + queue.run_ahead());
  for (std::uint64_t sequence = from; sequence < until; ++sequence) {
    const auto word = queue.word_of(sequence);
    if (!word || word->phase == RecordPhase::skipped) continue;
    // Order is kept: nothing behind a unit that is still being written.
    if (word->open()) return std::nullopt;
    const std::uint64_t packed = queue.cell(sequence).taker.load(std::memory_order_acquire);
    const TakerWord taker = TakerWord::unpack(packed);
    if (taker.reader == TakerWord::kNobody && taker.turn == queue.turn_of(sequence)) {
      return Untaken{sequence, packed};
    }
  }
  return std::nullopt;
}

Status Reader::take_exclusive(TakenUnit& unit, std::uint64_t most) {
  RecordQueue& queue = arena_->queue();
  const auto fits = [&](const Cell& cell) {
    if (most == kAnySize) return true;
    const std::uint64_t bytes = cell.byte_length.load(std::memory_order_relaxed);
    const std::uint64_t envelope = cell.envelope_length.load(std::memory_order_relaxed);
    return cell.segment.load(std::memory_order_relaxed) == 0 && bytes <= most &&
           align_up(bytes, 8) + align_up(envelope, 8) <= most;
  };
  // Each turn in vain means that another reader took the record.
  Patience patience(arena_->region(), "units that nobody can take",
                    arena_->region().layout().cells);
  for (; auto found = next_untaken(); patience.spend()) {
    // Still this record's numbers if the exchange below succeeds, and so does what they decided.
    if (!fits(queue.cell(found->sequence))) return Status::too_large;
    TakerWord taker = TakerWord::unpack(found->taker);
    taker.reader = peer_.index;
    // SYNC: acq_rel; the winner sees the record as its last taker left it.
    if (!queue.cell(found->sequence)
             .taker.compare_exchange_strong(found->taker, taker.pack(),
                                            std::memory_order_acq_rel)) {
      continue;
    }
    // Ours alone from here on; nobody reuses the cell before we skip it.
    if (queue.look(found->sequence, unit.view) != Look::committed) {
      arena_->region().poison("a taken record that is not committed",
                              arena_->region().layout().cells);
    }
    unit.attempt = taker.attempt;
    unit.leased = unit.view.segment != 0;
    if (unit.leased && !lease(unit)) {
      arena_->region().poison("a queued segment that is not open",
                              arena_->region().layout().segment_slots);
    }
    return Status::ok;
  }
  return Status::empty;
}

bool Reader::lease(TakenUnit& unit) {
  SegmentTable& segments = arena_->segments();
  if (!broadcast_) {
    if (!segments.lease(unit.view, unit.attempt, peer_.index, unit.segment)) return false;
  } else {
    segments.lease_lane(unit.view.segment - 1, peer_);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    // SYNC: with our lane set, an overwriting writer that dropped the record either saw it, or
    // dropped it before and we see that here. Elsewhere our position keeps the record.
    if (arena_->queue().overwrite() && arena_->queue().oldest() > unit.view.sequence) {
      segments.release_lane(unit.view.segment - 1, peer_);
      return false;
    }
  }
  ++leases_;
  arena_->peers().slot(peer_.index).leases_out.store(leases_, std::memory_order_relaxed);
  return true;
}

bool Reader::overtaken(const TakenUnit& unit) const noexcept {
  // SYNC: acquire; what was read of the record came before this look at `oldest`. Pairs with the
  // fence in RecordQueue::make_room.
  std::atomic_thread_fence(std::memory_order_acquire);
  return arena_->queue().overwrite() && !unit.leased &&
         arena_->queue().oldest() > unit.view.sequence;
}

void Reader::notify_progress() noexcept {
  if (broadcast_) {
    arena_->writable().notify_all();
  } else {
    arena_->writable().notify_one();
  }
}

bool Reader::finish(const TakenUnit& unit, bool notify) {
  // Closed meanwhile: the unit was given back then, unless a lease still keeps our place.
  if (closed_ && leases_ == 0) return false;
  RecordQueue& queue = arena_->queue();
  if (broadcast_) {
    if (overtaken(unit)) return false;
    // SYNC: the store releases the record's bytes to writers, which load positions before claiming.
    position().store(unit.view.sequence + 1, std::memory_order_seq_cst);
    ++passed_;
  } else {
    queue.skip_word(unit.view.sequence, unit.view.word);
    // Others may have run ahead of us as far as they could.
    if (queue.refresh_floor() > unit.view.sequence + 1) arena_->readable().notify_all();
    // Perhaps the last one, which other readers wait for to end: it could have been given back.
    if (arena_->peers().members(Role::writer) == 0) arena_->readable().notify_all();
  }
  // A segment comes free by release(); a record's room (or a fan-out's passing) does now.
  if (notify && (broadcast_ || !unit.leased)) notify_progress();
  PeerSlot& slot = arena_->peers().slot(peer_.index);
  add(slot.read_units, 1);
  add(slot.read_bytes, unit.view.byte_length);
  return true;
}

void Reader::give_back(const TakenUnit& unit) {
  if (broadcast_) {
    if (unit.leased) release(unit);
    return;
  }
  if (unit.leased) {
    arena_->segments().move(
        unit.view.segment - 1, unit.segment,
        {SegmentPhase::open, SegmentWord::kNoOwner, unit.segment.generation + 1});
    --leases_;
    arena_->peers().slot(peer_.index).leases_out.store(leases_, std::memory_order_relaxed);
  }
  const std::uint32_t turn = arena_->queue().turn_of(unit.view.sequence);
  std::uint64_t mine = TakerWord{peer_.index, unit.attempt, turn}.pack();
  const std::uint64_t nobody = TakerWord{TakerWord::kNobody, unit.attempt + 1, turn}.pack();
  arena_->queue()
      .cell(unit.view.sequence)
      .taker.compare_exchange_strong(mine, nobody, std::memory_order_acq_rel);
  arena_->readable().notify_one();
}

void Reader::release(const TakenUnit& unit) {
  if (!unit.leased) return;
  const std::uint32_t index = unit.view.segment - 1;
  if (broadcast_) {
    arena_->segments().release_lane(index, peer_);
  } else {
    arena_->segments().release(index, unit.segment);
  }
  --leases_;
  arena_->peers().slot(peer_.index).leases_out.store(leases_, std::memory_order_relaxed);
  arena_->writable().notify_one();
  leave_if_done();
}

std::uint64_t Reader::first_unread() {
  return broadcast_ ? position().load(std::memory_order_relaxed) : arena_->queue().refresh_floor();
}

/// Something committed that somebody else may still give back, or a unit that is being written.
bool Reader::pending() { return first_unread() < arena_->queue().tail(); }

/// Moves on to the oldest record kept. True when records were lost: all that are gone may have been
/// aborted.
bool Reader::lapped() {
  const std::uint64_t at = position().load(std::memory_order_relaxed);
  const RecordQueue::Dropped kept = arena_->queue().dropped();
  if (kept.oldest <= at) return false;
  // No more than there were, whatever somebody wrote there.
  const std::uint64_t lost = std::min(kept.committed - passed_, kept.oldest - at);
  lost_ += lost;
  passed_ = kept.committed;
  position().store(kept.oldest, std::memory_order_seq_cst);
  return lost > 0;
}

bool Reader::ready() {
  arena_->region().check_poison();
  std::uint64_t seen = 0;
  const Status end = arena_->stream().state(seen);
  // Quiet is news once; after that a writer that comes, or a later look, brings the rest.
  if (end != Status::empty && !(end == Status::quiet && seen == quiet_) && !pending()) return true;
  RecordQueue& queue = arena_->queue();
  const auto available = [&](std::uint64_t sequence) {
    const auto word = queue.word_of(sequence);
    return word && !word->open();
  };
  if (broadcast_) {
    const std::uint64_t at = position().load(std::memory_order_relaxed);
    return available(at) || (queue.overwrite() && queue.oldest() > at);
  }
  return next_untaken().has_value();
}

Status Reader::wait(Deadline deadline, std::chrono::nanoseconds spin, bool continued) {
  if (closed_) return Status::closed;
  const auto began = Clock::now();
  if (!continued) note_.ends();
  const bool woken = arena_->wait(
      arena_->readable(), [&] { return ready(); }, deadline, spin, note_);
  count_wait(static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - began).count()),
             continued);
  return woken ? Status::ok : Status::timed_out;
}

bool Reader::arm(std::uint64_t units) {
  // SYNC: relaxed; arming releases it. Whoever sees the bit of an earlier arming rings as that
  // asked.
  arena_->peers()
      .slot(peer_.index)
      .ring_from.store(units > 1 ? first_unread() + units : 0, std::memory_order_relaxed);
  arena_->readable().arm(peer_.index);
  note_.looked();
  return ready();
}

void Reader::disarm() noexcept {
  // A ring that came for us and is not used belongs to the next waiter.
  if (!arena_->readable().disarm(peer_.index) && !broadcast_) arena_->readable().notify_one();
}

void Reader::add_wait(std::uint64_t nanoseconds) noexcept {
  // Closed, the slot may be another peer's.
  if (!closed_) note_.ends();
  count_wait(nanoseconds, false);
}

void Reader::count_wait(std::uint64_t nanoseconds, bool continued) noexcept {
  if (closed_) return;
  PeerSlot& slot = arena_->peers().slot(peer_.index);
  if (!continued) add(slot.reader_waits, 1);
  add(slot.reader_waited_ns, nanoseconds);
}

void Reader::sync_to_newest() {
  if (!broadcast_ || closed_) return;
  pass_to(&RecordQueue::newest_after);
}

/// Skips what lies before a target that is looked for from the position on.
void Reader::pass_to(std::uint64_t (RecordQueue::*target)(std::uint64_t)) {
  RecordQueue& queue = arena_->queue();
  for (int attempt = 0; attempt < kSkipAttempts; ++attempt) {
    const std::uint64_t at = position().load(std::memory_order_relaxed);
    const std::uint64_t to = (queue.*target)(at);
    if (to <= at) return;
    const auto passed = queue.overwrite() ? queue.committed_before(to) : passed_;
    // Passed by writers on the way: there is a newer target.
    if (!passed) continue;
    passed_ = *passed;
    position().store(to, std::memory_order_seq_cst);
    arena_->writable().notify_all();
    return;
  }
  // They go round faster than we look: the oldest record kept is newer than all that we looked at.
  start_at_oldest();
}

void Reader::start_at_oldest() {
  const RecordQueue::Dropped kept = arena_->queue().dropped();
  passed_ = kept.committed;
  position().store(kept.oldest, std::memory_order_seq_cst);
}

std::optional<UnendedRecord> Reader::held_up_by() {
  if (closed_) return std::nullopt;
  RecordQueue& queue = arena_->queue();
  return queue.unended_at(broadcast_ ? first_unread() : queue.first_unfinished(first_unread()));
}

std::uint64_t Reader::lag() {
  if (closed_) return 0;
  return arena_->queue().committed_from(first_unread());
}

void Reader::close() noexcept {
  if (closed_) return;
  note_.ends();
  closed_ = true;
  // It holds back nobody any more, whatever it still leases.
  arena_->peers().strike(peer_);
  position().store(kNoPosition, std::memory_order_seq_cst);
  arena_->wake_everybody();
  leave_if_done();
}

void Reader::leave_if_done() noexcept {
  if (closed_ && leases_ == 0) leave(*arena_, peer_);
}

}  // namespace arena::core
