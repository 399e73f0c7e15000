#include "recovery.hpp"

namespace arena::core {
namespace {

class Sweep {
 public:
  Sweep(Attachment& arena, const Peer& peer, bool dead) : arena_(arena), peer_(peer), dead_(dead) {}

  /// Records first: units that a reader had taken and not finished become available again. Leases
  /// of segments are given up after that.
  void run() {
    const std::uint64_t end = arena_.queue().tail();
    for (std::uint64_t sequence = arena_.queue().first_kept(end); sequence < end; ++sequence) {
      sweep_record(sequence);
    }
    for (std::uint32_t index = 0; index < arena_.segments().count(); ++index) sweep_segment(index);
  }

 private:
  /// Check this after reading a word and before changing it: while the slot belongs to this
  /// incarnation, the word does as well.
  bool still_ours() const noexcept { return !dead_ || arena_.peers().is_dead(peer_); }

  void sweep_record(std::uint64_t sequence) {
    const auto word = arena_.queue().word_of(sequence);
    if (!word) return;
    if (word->open() && word->owner == peer_.index) {
      if (still_ours() && arena_.queue().skip_word(sequence, word->pack())) count_unit();
    }
    if (word->phase == RecordPhase::committed && !arena_.queue().broadcast()) undo_take(sequence);
  }

  void undo_take(std::uint64_t sequence) {
    Cell& cell = arena_.queue().cell(sequence);
    std::uint64_t taken = cell.taker.load(std::memory_order_acquire);
    const TakerWord taker = TakerWord::unpack(taken);
    if (taker.reader != peer_.index || taker.turn != arena_.queue().turn_of(sequence)) return;
    // SYNC: acquire; the cell's word is loaded again after these two. An unchanged word means that
    // they belong to this record.
    const std::uint32_t segment = cell.segment.load(std::memory_order_acquire);
    const std::uint64_t generation = cell.segment_generation.load(std::memory_order_acquire);
    const auto word = arena_.queue().word_of(sequence);
    if (!word || word->phase != RecordPhase::committed || !still_ours()) return;
    // Change the segment before the taker. After a kill in between, the next survivor finds the old
    // taker and the new generation of the segment, and finishes the step.
    if (segment != 0 && segment <= arena_.segments().count()) {
      const SegmentWord held = arena_.segments().word(segment - 1);
      if (is_attempt(held.generation, generation, taker.attempt)) {
        arena_.segments().move(segment - 1, held,
                               {SegmentPhase::open, SegmentWord::kNoOwner, held.generation + 1});
      }
    }
    const TakerWord nobody{TakerWord::kNobody, taker.attempt + 1, taker.turn};
    cell.taker.compare_exchange_strong(taken, nobody.pack(), std::memory_order_acq_rel);
  }

  void sweep_segment(std::uint32_t index) {
    SegmentTable& segments = arena_.segments();
    const SegmentWord word = segments.word(index);
    const bool own = word.owner == peer_.index;
    if (own && word.phase == SegmentPhase::leased && still_ours() &&
        segments.release(index, word)) {
      count_lease();
    }
    if (own && word.phase == SegmentPhase::open) sweep_open_segment(index, word);
    if (arena_.queue().broadcast() && peer_.role != Role::writer &&
        segments.release_lane(index, peer_)) {
      count_lease();
    }
  }

  void sweep_open_segment(std::uint32_t index, SegmentWord word) {
    SegmentTable& segments = arena_.segments();
    // A committed record carries the segment on. Look for that record after reading the segment's
    // word: a reader that leases the segment meanwhile changes the word, so the move below fails.
    const auto carrier = find_carrier(index, word.generation);
    if (!still_ours()) return;
    if (!arena_.queue().broadcast()) {
      if (!carrier && segments.move(index, word, {SegmentPhase::free, 0, word.generation}))
        count_unit();
      return;
    }
    // A fan-out's writer died between commit and share. When the record is gone, every reader has
    // passed it, and had taken its lane before. So lanes that are empty now stay empty.
    if (carrier || segments.any_lane(index)) {
      segments.share({index, word}, carrier.value_or(0));
    } else if (segments.move(index, word, {SegmentPhase::free, 0, word.generation})) {
      count_unit();
    }
  }

  std::optional<std::uint64_t> find_carrier(std::uint32_t index, std::uint64_t generation) {
    RecordQueue& queue = arena_.queue();
    const std::uint64_t end = queue.tail();
    // Begin with the first cell and not with `oldest`. A broadcast's reader may have registered for
    // a record at the moment when a writer gave it up, and may still need that record.
    const std::uint64_t cells = arena_.region().config().cell_count;
    for (std::uint64_t sequence = end > cells ? end - cells : 0; sequence < end; ++sequence) {
      const auto word = queue.word_of(sequence);
      if (!word || word->phase != RecordPhase::committed) continue;
      const Cell& cell = queue.cell(sequence);
      if (cell.segment.load(std::memory_order_relaxed) == index + 1 &&
          cell.segment_generation.load(std::memory_order_relaxed) == generation) {
        return sequence;
      }
    }
    return std::nullopt;
  }

  void count_unit() noexcept {
    if (dead_)
      arena_.peers().slot(peer_.index).reclaimed_units.fetch_add(1, std::memory_order_relaxed);
  }
  void count_lease() noexcept {
    if (dead_)
      arena_.peers().slot(peer_.index).reclaimed_leases.fetch_add(1, std::memory_order_relaxed);
  }

  Attachment& arena_;
  const Peer peer_;
  const bool dead_;
};

}  // namespace

void recover(Attachment& arena, const Peer& dead) {
  arena.peers().mark_dead(dead);
  if (!arena.peers().is_dead(dead)) return;
  Sweep(arena, dead, true).run();
  arena.peers().strike(dead);
  // Tell the loss before the slot is free: when this process dies here, the next survivor tells it.
  if (arena.peers().is_dead(dead)) arena.losses().tell(dead.index, dead.state.generation);
  arena.peers().free({dead.index, dead.state, dead.role});
}

void leave(Attachment& arena, const Peer& self) {
  if (!arena.peers().begin_leaving(self)) return;
  Sweep(arena, self, false).run();
  arena.peers().strike(self);
  arena.peers().free(self);
  arena.wake_everybody();
}

}  // namespace arena::core
