#include "exclusive_reader.hpp"

#include <algorithm>

#include "patience.hpp"

namespace arena::core {

ExclusiveReader::ExclusiveReader(std::shared_ptr<Attachment> arena) : Reader(std::move(arena)) {
  opened();
}

/// The first committed record that no reader has taken, and its taker word.
std::optional<ExclusiveReader::Untaken> ExclusiveReader::next_untaken() {
  RecordQueue& queue = arena_->queue();
  const std::uint64_t end = queue.tail();
  queue.refresh_floor();
  const std::uint64_t from = queue.first_kept(end);
  const std::uint64_t until = std::min(end, from + queue.run_ahead());
  for (std::uint64_t sequence = from; sequence < until; ++sequence) {
    const auto word = queue.word_of(sequence);
    if (!word || word->phase == RecordPhase::skipped) continue;
    // Keep the order: take no unit behind an open one.
    if (word->open()) return std::nullopt;
    const std::uint64_t packed = queue.cell(sequence).taker.load(std::memory_order_acquire);
    const TakerWord taker = TakerWord::unpack(packed);
    if (taker.reader == TakerWord::kNobody && taker.turn == queue.turn_of(sequence)) {
      return Untaken{sequence, packed};
    }
  }
  return std::nullopt;
}

bool ExclusiveReader::fits(std::uint64_t sequence, std::uint64_t most) {
  if (most == kAnySize) return true;
  const Cell& cell = arena_->queue().cell(sequence);
  const std::uint64_t bytes = cell.byte_length.load(std::memory_order_relaxed);
  const std::uint64_t envelope = cell.envelope_length.load(std::memory_order_relaxed);
  return cell.segment.load(std::memory_order_relaxed) == 0 && bytes <= most &&
         align_up(bytes, 8) + align_up(envelope, 8) <= most;
}

Status ExclusiveReader::take_next(TakenUnit& unit, std::uint64_t most) {
  RecordQueue& queue = arena_->queue();
  const Region& region = arena_->region();
  // In each failed turn another reader has taken the record.
  Patience patience(region, "units that nobody can take", region.layout().cells);
  for (; auto found = next_untaken(); patience.spend()) {
    // When the exchange below succeeds, the cell still has the sizes that `fits` has seen.
    if (!fits(found->sequence, most)) return Status::too_large;
    TakerWord taker = TakerWord::unpack(found->taker);
    taker.reader = peer_.index;
    // SYNC: acq_rel; pairs with itself: this reader sees the record as its last taker left it.
    if (!queue.cell(found->sequence)
             .taker.compare_exchange_strong(found->taker, taker.pack(),
                                            std::memory_order_acq_rel)) {
      continue;
    }
    // The record belongs to this reader alone. Its cell is not reused before this reader skips it.
    if (queue.look(found->sequence, unit.view) != Look::committed) {
      region.poison("a taken record that is not committed", region.layout().cells);
    }
    unit.attempt = taker.attempt;
    unit.leased = unit.view.segment != 0;
    if (!unit.leased) return Status::ok;
    if (!arena_->segments().lease(unit.view, unit.attempt, peer_.index, unit.segment)) {
      region.poison("a queued segment that is not open", region.layout().segment_slots);
    }
    count_lease(1);
    return Status::ok;
  }
  return Status::empty;
}

bool ExclusiveReader::pass(const TakenUnit& unit, bool notify) {
  RecordQueue& queue = arena_->queue();
  queue.skip_word(unit.view.sequence, unit.view.word);
  // Other readers may have read ahead until the floor stopped them.
  if (queue.refresh_floor() > unit.view.sequence + 1) arena_->readable().notify_all();
  // This may have been the last unit. Other readers wait for it, because it could be given back.
  if (arena_->peers().members(Role::writer) == 0) arena_->readable().notify_all();
  // The segment of a leased unit comes free with the lease.
  if (notify && !unit.leased) notify_progress();
  return true;
}

void ExclusiveReader::notify_progress() noexcept { arena_->writable().notify_one(); }

void ExclusiveReader::give_back(const TakenUnit& unit) {
  if (unit.leased) {
    arena_->segments().move(
        unit.view.segment - 1, unit.segment,
        {SegmentPhase::open, SegmentWord::kNoOwner, unit.segment.generation + 1});
    count_lease(-1);
  }
  const std::uint32_t turn = arena_->queue().turn_of(unit.view.sequence);
  std::uint64_t mine = TakerWord{peer_.index, unit.attempt, turn}.pack();
  const std::uint64_t nobody = TakerWord{TakerWord::kNobody, unit.attempt + 1, turn}.pack();
  arena_->queue()
      .cell(unit.view.sequence)
      .taker.compare_exchange_strong(mine, nobody, std::memory_order_acq_rel);
  arena_->readable().notify_one();
}

void ExclusiveReader::give_up_lease(const TakenUnit& unit) noexcept {
  arena_->segments().release(unit.view.segment - 1, unit.segment);
}

std::uint64_t ExclusiveReader::first_unread() { return arena_->queue().refresh_floor(); }

std::uint64_t ExclusiveReader::waited_for() {
  return arena_->queue().first_unfinished(first_unread());
}

bool ExclusiveReader::available() { return next_untaken().has_value(); }

void ExclusiveReader::disarm() noexcept {
  // Pass an unused ring on to the next waiting reader.
  if (!arena_->readable().disarm(peer_.index)) arena_->readable().notify_one();
}

}  // namespace arena::core
