#include "record_queue.hpp"

#include <algorithm>

#include "coarse_clock.hpp"
#include "patience.hpp"

namespace arena::core {

RecordQueue::RecordQueue(const Region& region, const PeerTable& peers)
    : region_(region),
      peers_(peers),
      control_(region.control()),
      cells_(region.cells()),
      cell_count_(region.config().cell_count),
      segment_count_(region.config().segment_count),
      unit_timeout_ms_(region.config().unit_timeout_ms),
      capacity_(region.config().capacity >> region.config().granule_shift),
      shift_(region.config().granule_shift),
      broadcast_(region.config().kind == Kind::ring || region.config().broadcast != 0),
      overwrite_(region.config().when_full == WhenFull::overwrite) {}

std::uint64_t RecordQueue::span_of(std::uint64_t byte_length,
                                   std::uint64_t envelope_length) const noexcept {
  const std::uint64_t size = std::uint64_t{1} << shift_;
  // Compare before adding: lengths near 2^64 must not wrap.
  const std::uint64_t limit = std::uint64_t{1} << 62;
  if (byte_length > limit || envelope_length > limit) return limit >> shift_;
  return (align_up(byte_length, 8) + align_up(envelope_length, 8) + size - 1) >> shift_;
}

std::uint64_t RecordQueue::tail() noexcept {
  Patience patience(region_, "an end of the queue that moves back", region_.layout().control);
  std::uint64_t tail = control_.tail.load(std::memory_order_acquire);
  // SYNC: acquire; pairs with the claim's release: this process sees the claimed cell's start.
  while (RecordWord::unpack(cell(tail).word.load(std::memory_order_acquire)).turn ==
             turn_of(tail) &&
         patience.lasts()) {
    if (control_.tail.compare_exchange_strong(tail, tail + 1, std::memory_order_acq_rel)) ++tail;
  }
  return tail;
}

/// Sets `start` to the granule after record `sequence - 1`. False when a later record has claimed
/// that cell during the call.
bool RecordQueue::start_of_next(std::uint64_t sequence, std::uint64_t& start) const {
  if (sequence == 0) {
    start = 0;
    return true;
  }
  const Cell& before = cell(sequence - 1);
  const std::uint64_t word = before.word.load(std::memory_order_acquire);
  const std::uint64_t before_start = before.start.load(std::memory_order_acquire);
  const RecordWord record = RecordWord::unpack(word);
  // A writer stores the start before it claims the cell: an unchanged turn means an unchanged
  // start.
  const RecordWord again = RecordWord::unpack(before.word.load(std::memory_order_acquire));
  if (record.turn != turn_of(sequence - 1) || again.turn != record.turn) return false;
  start = before_start + record.span;
  return true;
}

Status RecordQueue::claim(std::uint32_t owner, std::uint64_t span, std::uint32_t keep_cells,
                          OpenRecord& open) {
  if (span > capacity_) return Status::too_large;
  Patience patience(region_, "a record queue that makes no progress", region_.layout().control);
  for (;; patience.spend()) {
    region_.check_poison();
    const std::uint64_t sequence = tail();
    Cell& target = cell(sequence);
    std::uint64_t before = target.word.load(std::memory_order_acquire);
    // Claim only from the turn before. A writer that was delayed after tail() may find the cell a
    // whole round further. (For the very first record start_of_next() would not notice that.)
    if (RecordWord::unpack(before).turn != turn_of(sequence) - 1) continue;
    std::uint64_t start = 0;
    if (!start_of_next(sequence, start)) continue;
    if (!has_room(sequence, start, span, keep_cells) &&
        !make_room(sequence, start, span, keep_cells)) {
      // "Full" is true only if `sequence` still is the end.
      if (control_.tail.load(std::memory_order_acquire) != sequence) continue;
      return Status::full;
    }
    // SYNC: acquire; the word is loaded after the start. An unchanged word means that the start
    // still is of the turn before, or is already the start of this record.
    std::uint64_t old_start = target.start.load(std::memory_order_acquire);
    if (target.word.load(std::memory_order_acquire) != before) continue;
    // Every contender for this sequence stores the same start. A contender that was delayed into a
    // later turn finds a greater start (starts only grow), so its CAS fails.
    target.start.compare_exchange_strong(old_start, start, std::memory_order_acq_rel);
    const RecordWord claimed{RecordPhase::claimed, owner, static_cast<std::uint32_t>(span),
                             turn_of(sequence)};
    // SYNC: release; pairs with the acquire in tail() and start_of_next().
    if (!target.word.compare_exchange_strong(before, claimed.pack(), std::memory_order_acq_rel)) {
      continue;
    }
    std::uint64_t hint = sequence;
    control_.tail.compare_exchange_strong(hint, sequence + 1, std::memory_order_acq_rel);
    // SYNC: release; pairs with the acquire fence in look(): a reader that sees a value which we
    // store into the cell after this fence also sees our claim when it loads the word again.
    std::atomic_thread_fence(std::memory_order_release);
    open = {sequence, claimed.pack(), region_.records() + granule(start % capacity_),
            granule(span)};
    return Status::ok;
  }
}

bool RecordQueue::has_room(std::uint64_t sequence, std::uint64_t start, std::uint64_t span,
                           std::uint32_t keep_cells) {
  if (floor_ > sequence) return false;
  if (sequence - floor_ + keep_cells >= cell_count_) return false;
  if (floor_ == sequence) return span <= capacity_;
  const std::uint64_t floor_start = cell(floor_).start.load(std::memory_order_acquire);
  // A start greater than ours belongs to a later turn: our claim will fail anyway.
  return floor_start <= start && start + span - floor_start <= capacity_;
}

bool RecordQueue::make_room(std::uint64_t sequence, std::uint64_t start, std::uint64_t span,
                            std::uint32_t keep_cells) {
  floor_ = std::max(floor_, std::min(refresh_floor(), sequence));
  Patience patience(region_, "an oldest record that moves back", region_.layout().control);
  for (; !has_room(sequence, start, span, keep_cells); patience.spend()) {
    if (!drop_oldest()) return false;
    // Load `oldest` first: then slowest_position() sees a reader that registers below it in
    // between.
    std::uint64_t floor = oldest();
    if (!overwrite_) floor = std::min(floor, slowest_position());
    floor_ = std::max(floor_, std::min(floor, sequence));
  }
  if (overwrite_) {
    // SYNC: seq_cst; pairs with the fence in the reader's finish(). A reader checks `oldest` after
    // it has copied a record. It must not see a byte that we write into the room before it sees the
    // new `oldest`.
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  return true;
}

/// True for a broadcast that had readers and has none now. Then writers wait for no reader.
bool RecordQueue::nobody_reads() const noexcept {
  return broadcast_ && slowest_position() == kNoPosition &&
         (control_.history.load(std::memory_order_seq_cst) & kReaderSeen) != 0;
}

bool RecordQueue::drop_oldest() {
  if (!(overwrite_ || nobody_reads()) || !evict_oldest()) return false;
  // SYNC: seq_cst, as in refresh_floor(): the next look sees a reader that registered meanwhile.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return true;
}

/// Gives up the oldest record. False when a living writer still fills it, or when there is none.
bool RecordQueue::evict_oldest() {
  const std::uint64_t sequence = oldest();
  const auto word = word_of(sequence);
  if (!word) return oldest() != sequence;  // Another process has raised `oldest` meanwhile.
  if (word->open()) return false;
  if (overwrite_ && !count_dropped(sequence, word->phase == RecordPhase::committed)) return true;
  raise_oldest(sequence + 1);
  return true;
}

/// Stores in the record after `sequence` the number of committed records before it. An overtaken
/// reader has lost these, but not the aborted records among them. False when another process has
/// raised `oldest` meanwhile.
bool RecordQueue::count_dropped(std::uint64_t sequence, bool committed) noexcept {
  const std::uint64_t before = cell(sequence).committed_before.load(std::memory_order_acquire);
  std::atomic<std::uint64_t>& next = cell(sequence + 1).committed_before;
  std::uint64_t found = next.load(std::memory_order_acquire);
  // The CAS below may use both counts only if they were read while `sequence` was the oldest.
  if (oldest() != sequence) return false;
  // Every process that gives this record up stores the same count. A process that was delayed into
  // a later turn finds a greater count, or its own, and changes nothing.
  next.compare_exchange_strong(found, before + (committed ? 1 : 0), std::memory_order_acq_rel);
  return true;
}

RecordQueue::Dropped RecordQueue::dropped() const {
  for (std::uint32_t attempt = 0; attempt < kMaxAttempts; ++attempt) {
    const std::uint64_t at = oldest();
    const std::uint64_t committed = cell(at).committed_before.load(std::memory_order_acquire);
    // The cell gets the count of a later record only when `oldest` is far beyond `at`.
    if (oldest() == at) return {at, committed};
  }
  region_.poison("an oldest record that changes without end", region_.layout().control);
}

std::optional<std::uint64_t> RecordQueue::committed_before(std::uint64_t sequence) const {
  const Dropped from = dropped();
  if (from.oldest > sequence || sequence - from.oldest > cell_count_) return std::nullopt;
  std::uint64_t committed = from.committed;
  for (std::uint64_t at = from.oldest; at < sequence; ++at) {
    const auto word = word_of(at);
    if (!word) return std::nullopt;
    committed += word->phase == RecordPhase::committed;
  }
  return committed;
}

void RecordQueue::raise_oldest(std::uint64_t to) noexcept {
  std::uint64_t found = control_.oldest.load(std::memory_order_seq_cst);
  while (found < to &&
         !control_.oldest.compare_exchange_weak(found, to, std::memory_order_seq_cst)) {
  }
}

std::uint64_t RecordQueue::slowest_position() const noexcept {
  std::uint64_t slowest = kNoPosition;
  for (std::uint32_t index = 0; index < peers_.limit(); ++index) {
    if (peers_.member(index).role != Role::reader) continue;
    slowest = std::min(slowest, peers_.slot(index).position.load(std::memory_order_seq_cst));
  }
  return slowest;
}

std::uint64_t RecordQueue::refresh_floor() {
  if (!broadcast_) {
    const std::uint64_t from = oldest();
    std::uint64_t first = from;
    for (; first - from < cell_count_; ++first) {
      const auto word = word_of(first);
      if (!word || word->phase != RecordPhase::skipped) break;
    }
    raise_oldest(first);
    return oldest();
  }
  if (overwrite_) return oldest();
  const std::uint64_t end = tail();
  std::uint64_t floor = slowest_position();
  // Without readers the records stay for the next reader, as long as there is room.
  if (floor == kNoPosition) floor = oldest();
  floor = std::min(floor, end);
  raise_oldest(floor);
  // SYNC: seq_cst; pairs with register_reader(). This second look sees a reader that registered
  // before we raised `oldest`. A reader that registers later sees the new `oldest` and starts
  // there.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return std::min(floor, slowest_position());
}

std::uint64_t RecordQueue::register_reader(std::uint32_t index) {
  std::atomic<std::uint64_t>& position = peers_.slot(index).position;
  std::uint64_t from = oldest();
  Patience patience(region_, "an oldest record that changes without end", region_.layout().control);
  for (;; patience.spend()) {
    position.store(from, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const std::uint64_t again = oldest();
    if (again <= from) return from;
    from = again;
  }
}

std::uint64_t RecordQueue::first_kept(std::uint64_t end) const noexcept {
  return std::max(oldest(), end > cell_count_ ? end - cell_count_ : 0);
}

std::uint64_t RecordQueue::first_unfinished(std::uint64_t from) noexcept {
  const std::uint64_t end = tail();
  for (std::uint64_t at = std::max(from, first_kept(end)); at < end; ++at) {
    const auto word = word_of(at);
    if (word && word->open()) return at;
  }
  return std::max(from, end);
}

std::uint64_t RecordQueue::newest_after(std::uint64_t from) noexcept {
  const std::uint64_t end = first_unfinished(from);
  // Records below `oldest` stay visible until their cells are used again, but they are given up.
  if (overwrite_) from = std::max(from, oldest());
  for (std::uint64_t at = end; at > from && end - at < cell_count_; --at) {
    const auto word = word_of(at - 1);
    if (word && word->phase == RecordPhase::committed) return at - 1;
  }
  return end;
}

void RecordQueue::stamp(const OpenRecord& open) noexcept {
  const OpenedWord opened{coarse_ms(), turn_of(open.sequence)};
  cell(open.sequence).opened.store(opened.pack(), std::memory_order_relaxed);
}

void RecordQueue::hold(OpenRecord& open) noexcept {
  std::uint64_t expected = open.word;
  open.word = RecordWord::unpack(open.word).with(RecordPhase::held).pack();
  // SYNC: release; pairs with the acquire in word_of(). A process that finds the record held sees
  // its stamp. When that process skips the record, the next bytes in its room are written after
  // ours.
  cell(open.sequence)
      .word.compare_exchange_strong(expected, open.word, std::memory_order_release,
                                    std::memory_order_relaxed);
}

bool RecordQueue::resume(OpenRecord& open) noexcept {
  const std::uint64_t claimed = RecordWord::unpack(open.word).with(RecordPhase::claimed).pack();
  // A record is held at most once in a turn, so the word that `hold` stored never returns: a
  // process that tries to skip the held record from now on fails.
  std::uint64_t expected = open.word;
  if (!cell(open.sequence)
           .word.compare_exchange_strong(expected, claimed, std::memory_order_acq_rel)) {
    return false;
  }
  open.word = claimed;
  return true;
}

std::uint64_t RecordQueue::end_overdue() {
  if (unit_timeout_ms_ == 0) return 0;
  const std::uint64_t end = tail();
  std::uint64_t ended = 0;
  for (std::uint64_t sequence = first_kept(end); sequence < end; ++sequence) {
    const auto word = word_of(sequence);
    if (!word || word->phase != RecordPhase::held) continue;
    if (open_for(sequence).value_or(0) <= unit_timeout_ms_) continue;
    ended += skip_word(sequence, word->pack());
  }
  return ended;
}

std::optional<std::uint64_t> RecordQueue::open_for(std::uint64_t sequence) const noexcept {
  const OpenedWord opened =
      OpenedWord::unpack(cell(sequence).opened.load(std::memory_order_relaxed));
  if (!opened.is_of(turn_of(sequence))) return std::nullopt;
  return age_ms(opened.time_ms, coarse_ms());
}

std::optional<UnendedRecord> RecordQueue::unended_at(std::uint64_t sequence) const noexcept {
  const auto word = word_of(sequence);
  if (!word || !word->open()) return std::nullopt;
  return UnendedRecord{word->owner, open_for(sequence)};
}

void RecordQueue::commit(const OpenRecord& open) noexcept {
  const RecordWord word = RecordWord::unpack(open.word).with(RecordPhase::committed);
  // SYNC: release; pairs with the acquire in look(): a reader that sees `committed` sees every byte
  // of the record. Only the owner changes a claimed record of a living writer, so a store would do.
  // The CAS keeps a process that was wrongly declared dead from reviving its record.
  std::uint64_t expected = open.word;
  cell(open.sequence)
      .word.compare_exchange_strong(expected, word.pack(), std::memory_order_release,
                                    std::memory_order_relaxed);
}

void RecordQueue::skip(const OpenRecord& open) noexcept { skip_word(open.sequence, open.word); }

bool RecordQueue::skip_word(std::uint64_t sequence, std::uint64_t word) noexcept {
  const std::uint64_t skipped = RecordWord::unpack(word).with(RecordPhase::skipped).pack();
  return cell(sequence).word.compare_exchange_strong(word, skipped, std::memory_order_acq_rel);
}

std::optional<RecordWord> RecordQueue::word_of(std::uint64_t sequence) const noexcept {
  // SYNC: acquire; pairs with commit() and skip_word(). A process that finds a record skipped
  // raises `oldest`; so the writer that gets the room writes after the reader's last load from it.
  const RecordWord word = RecordWord::unpack(cell(sequence).word.load(std::memory_order_acquire));
  return word.turn == turn_of(sequence) ? std::optional(word) : std::nullopt;
}

Look RecordQueue::look(std::uint64_t sequence, RecordView& view) const {
  const Cell& at = cell(sequence);
  const std::uint64_t offset = reinterpret_cast<const std::byte*>(&at) -
                               reinterpret_cast<const std::byte*>(&control_) +
                               region_.layout().control;
  RecordWord word;
  std::uint64_t start = 0;
  Patience patience(region_, "a record that changes without end", offset);
  do {
    patience.spend();
    // SYNC: acquire; pairs with commit().
    view.word = at.word.load(std::memory_order_acquire);
    word = RecordWord::unpack(view.word);
    if (word.turn != turn_of(sequence)) {
      // Turns of a cell only grow: a higher turn means that writers have passed this record.
      const auto ahead = static_cast<std::int32_t>(word.turn - turn_of(sequence));
      return ahead > 0 ? Look::overwritten : Look::nothing;
    }
    if (word.phase == RecordPhase::skipped) return Look::skipped;
    if (word.open()) return Look::claimed;

    view.byte_length = at.byte_length.load(std::memory_order_relaxed);
    view.envelope_length = at.envelope_length.load(std::memory_order_relaxed);
    view.segment = at.segment.load(std::memory_order_relaxed);
    view.segment_generation = at.segment_generation.load(std::memory_order_relaxed);
    // This may be the start of a later turn, which a writer stores before it claims. Then `oldest`
    // was raised before that store, and the reader's finish() notices.
    start = at.start.load(std::memory_order_relaxed);
    // A writer that does not wait for this reader may have claimed the cell while we read it.
    std::atomic_thread_fence(std::memory_order_acquire);
  } while (at.word.load(std::memory_order_relaxed) != view.word);
  view.sequence = sequence;

  if (word.span > capacity_) region_.poison("a record longer than the arena", offset);
  if (view.segment > region_.config().segment_count)
    region_.poison("a record with a segment that does not exist", offset);
  if (view.segment != 0) {
    if (view.byte_length > region_.config().segment_size ||
        view.envelope_length > region_.config().envelope_bytes) {
      region_.poison("a unit longer than its segment", offset);
    }
    view.bytes = region_.segment(view.segment - 1);
    view.envelope = view.bytes + align_up(region_.config().segment_size, kPayloadAlignment);
    return Look::committed;
  }
  const std::uint64_t span_bytes = granule(word.span);
  const std::uint64_t envelope_room = align_up(view.envelope_length, 8);
  if (view.byte_length > span_bytes || envelope_room > span_bytes - view.byte_length) {
    region_.poison("a unit longer than its record", offset);
  }
  view.bytes = region_.records() + granule(start % capacity_);
  view.envelope = view.bytes + span_bytes - envelope_room;
  return Look::committed;
}

bool RecordQueue::could_claim(std::uint64_t span, std::uint32_t keep_cells) {
  std::uint64_t start = 0;
  const std::uint64_t end = tail();
  if (!start_of_next(end, start) || has_room(end, start, span, keep_cells)) return true;
  update_floor();
  return has_room(end, start, span, keep_cells) || can_drop();
}

bool RecordQueue::can_drop() const noexcept {
  const auto word = word_of(oldest());
  return word && !word->open() && (overwrite_ || nobody_reads());
}

void RecordQueue::update_floor() { floor_ = std::max(floor_, std::min(refresh_floor(), tail())); }

std::uint64_t RecordQueue::committed_from(std::uint64_t from) noexcept {
  const std::uint64_t end = tail();
  std::uint64_t committed = 0;
  for (std::uint64_t sequence = std::max(from, first_kept(end)); sequence < end; ++sequence) {
    const auto word = word_of(sequence);
    committed += word && word->phase == RecordPhase::committed;
  }
  return committed;
}

std::uint64_t RecordQueue::free_bytes() {
  const std::uint64_t end = tail();
  const std::uint64_t floor = std::min(refresh_floor(), end);
  std::uint64_t start = 0;
  if (floor == end || !start_of_next(end, start)) return granule(capacity_);
  const std::uint64_t used = start - cell(floor).start.load(std::memory_order_acquire);
  return used <= capacity_ ? granule(capacity_ - used) : 0;
}

std::uint64_t RecordQueue::free_records() {
  const std::uint64_t end = tail();
  const std::uint64_t used = end - std::min(refresh_floor(), end);
  return used <= run_ahead() ? run_ahead() - used : 0;
}

std::optional<std::uint32_t> RecordQueue::slowest_reader() const noexcept {
  std::optional<std::uint32_t> slowest;
  std::uint64_t position = kNoPosition;
  for (std::uint32_t index = 0; index < peers_.limit(); ++index) {
    if (peers_.member(index).role != Role::reader) continue;
    const std::uint64_t at = peers_.slot(index).position.load(std::memory_order_relaxed);
    if (at < position) {
      position = at;
      slowest = index;
    }
  }
  return slowest;
}

}  // namespace arena::core
