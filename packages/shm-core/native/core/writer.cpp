#include "writer.hpp"

#include <cstring>

#include "copy.hpp"
#include "patience.hpp"
#include "recovery.hpp"

namespace arena::core {
namespace {

void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) noexcept {
  // Only the owner of the slot writes the counter, so no read-modify-write is needed. An atomic
  // store never shows half a number to other processes.
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

}  // namespace

Writer::Writer(std::shared_ptr<Attachment> arena, bool wait_for_readers)
    : arena_(std::move(arena)),
      peer_(arena_->join(Role::writer)),
      note_(arena_->peers().slot(peer_.index)),
      pool_(arena_->region().config().kind == Kind::pool),
      holds_(arena_->region().config().unit_timeout_ms != 0),
      wait_for_readers_(wait_for_readers),
      slot_bytes_(arena_->region().config().slot_bytes),
      kept_cells_(arena_->region().config().segment_count) {}

Writer::~Writer() { close(); }

Status Writer::try_acquire(std::uint64_t byte_length, std::span<const std::byte> envelope,
                           OpenUnit& unit) {
  if (closed_) return Status::closed;
  arena_->region().check_poison();
  if (placement(byte_length, envelope.size()).in_segment) {
    return open_segment(byte_length, envelope, unit);
  }
  const Status status = open_record(byte_length, envelope, unit);
  if (status != Status::ok) return status;
  arena_->queue().stamp(unit.record);
  if (!holds_) return status;
  // The envelope is in its place. Nothing is written to the record from here until the commit.
  arena_->queue().hold(unit.record);
  unit.held = true;
  unit.bytes = nullptr;
  return status;
}

/// Only readers can make room. Some may sleep because they wait for several units: wake them.
Status Writer::full() {
  flush();
  return Status::full;
}

void Writer::flush() {
  if (closed_) return;
  RecordQueue& queue = arena_->queue();
  if (queue.refresh_floor() < queue.tail()) arena_->readable().ring_patient();
}

Status Writer::open_segment(std::uint64_t byte_length, std::span<const std::byte> envelope,
                            OpenUnit& unit) {
  const RegionConfig& config = arena_->region().config();
  if (byte_length > config.segment_size || envelope.size() > config.envelope_bytes) {
    return Status::too_large;
  }
  auto segment = arena_->segments().open(peer_.index);
  Patience patience(arena_->region(), "an oldest record that moves back",
                    arena_->region().layout().control);
  for (; !segment && arena_->queue().drop_oldest(); patience.spend()) {
    segment = arena_->segments().open(peer_.index);
  }
  if (!segment) return full();
  unit = {};
  unit.in_segment = true;
  unit.segment = *segment;
  unit.bytes = arena_->region().segment(segment->index);
  unit.byte_length = byte_length;
  unit.envelope_length = static_cast<std::uint32_t>(envelope.size());
  if (!envelope.empty()) {
    std::memcpy(unit.bytes + align_up(config.segment_size, kPayloadAlignment), envelope.data(),
                envelope.size());
  }
  return Status::ok;
}

Status Writer::open_record(std::uint64_t byte_length, std::span<const std::byte> envelope,
                           OpenUnit& unit) {
  RecordQueue& queue = arena_->queue();
  if (envelope.size() > UINT32_MAX) return Status::too_large;
  const std::uint64_t span = queue.span_of(byte_length, envelope.size());
  // In a ring of slots a longer record would take the room of other records.
  if (slot_bytes_ > 0 && (byte_length > slot_bytes_ || span > queue.span_of(slot_bytes_, 0))) {
    return Status::too_large;
  }
  OpenRecord record;
  const Status status = queue.claim(peer_.index, span, kept_cells_, record);
  if (status == Status::full) return full();
  if (status != Status::ok) return status;
  unit = {};
  unit.record = record;
  unit.bytes = record.bytes;
  unit.byte_length = byte_length;
  unit.envelope_length = static_cast<std::uint32_t>(envelope.size());
  copy_contested(record.bytes + record.span_bytes - align_up(envelope.size(), 8), envelope.data(),
                 envelope.size());
  return Status::ok;
}

Status Writer::try_write(std::span<const std::byte> bytes, std::span<const std::byte> envelope,
                         std::uint64_t queue_limit) {
  return write(bytes, envelope, queue_limit, true);
}

Status Writer::write(std::span<const std::byte> bytes, std::span<const std::byte> envelope,
                     std::uint64_t queue_limit, bool notify) {
  if (closed_) return Status::closed;
  arena_->region().check_poison();
  const bool in_segment = placement(bytes.size(), envelope.size(), queue_limit).in_segment;
  OpenUnit unit;
  Status status = in_segment ? open_segment(bytes.size(), envelope, unit)
                             : open_record(bytes.size(), envelope, unit);
  if (status != Status::ok) return status;
  copy_contested(unit.bytes, bytes.data(), bytes.size());
  if (in_segment) {
    status = commit(unit, bytes.size());
    if (status != Status::ok) discard(unit);
  } else {
    publish(unit, unit.record, bytes.size(), notify);
  }
  return status;
}

void Writer::notify_commit(Progress progress) noexcept {
  if (arena_->queue().broadcast()) {
    arena_->readable().notify_all(progress);
  } else {
    arena_->readable().notify_one(progress);
  }
}

Status Writer::commit(OpenUnit& unit, std::uint64_t byte_length) {
  if (closed_) return Status::closed;
  if (!unit.in_segment) {
    if (unit.held && !arena_->queue().resume(unit.record)) return Status::unit_ended;
    publish(unit, unit.record, byte_length);
    return Status::ok;
  }
  OpenRecord record;
  const Status status = arena_->queue().claim(peer_.index, 0, 0, record);
  if (status != Status::ok) return status;
  publish(unit, record, byte_length);
  return Status::ok;
}

Status Writer::commit_copy(OpenUnit& unit, std::span<const std::byte> bytes) {
  if (closed_) return Status::closed;
  if (unit.held) {
    if (!arena_->queue().resume(unit.record)) return Status::unit_ended;
    unit.held = false;
    unit.bytes = unit.record.bytes;
  }
  copy_contested(unit.bytes, bytes.data(), bytes.size());
  return commit(unit, bytes.size());
}

void Writer::publish(const OpenUnit& unit, const OpenRecord& record, std::uint64_t byte_length,
                     bool notify) {
  RecordQueue& queue = arena_->queue();
  Cell& cell = queue.cell(record.sequence);
  const TakerWord nobody{TakerWord::kNobody, 0, queue.turn_of(record.sequence)};
  cell.taker.store(nobody.pack(), std::memory_order_relaxed);
  cell.byte_length.store(byte_length, std::memory_order_relaxed);
  cell.envelope_length.store(unit.envelope_length, std::memory_order_relaxed);
  cell.segment.store(unit.in_segment ? unit.segment.index + 1 : 0, std::memory_order_relaxed);
  cell.segment_generation.store(unit.segment.word.generation, std::memory_order_relaxed);
  queue.commit(record);
  if (unit.in_segment && queue.broadcast()) arena_->segments().share(unit.segment, record.sequence);
  if (notify) notify_commit(record.sequence + 1);
  PeerSlot& slot = arena_->peers().slot(peer_.index);
  add(slot.written_units, 1);
  add(slot.written_bytes, byte_length);
  arena_->note_in_flight(record.sequence, unit.in_segment);
}

void Writer::abort(OpenUnit& unit) noexcept {
  if (!closed_) discard(unit);
}

void Writer::give_up(OpenUnit& unit) noexcept {
  discard(unit);
  --kept_open_;
  if (closed_ && kept_open_ == 0) leave(*arena_, peer_);
}

void Writer::discard(OpenUnit& unit) noexcept {
  if (unit.in_segment) {
    arena_->segments().close(unit.segment);
    arena_->writable().notify_one();
    return;
  }
  arena_->queue().skip(unit.record);
  // Readers may wait for this record. Its room is free again when they have passed it.
  arena_->queue().refresh_floor();
  arena_->wake_everybody();
}

Placement Writer::placement(std::uint64_t byte_length, std::uint64_t envelope_length,
                            std::uint64_t queue_limit) const noexcept {
  // A unit without bytes needs no segment.
  if (pool_ && byte_length > 0 && byte_length > queue_limit) return {true, 0};
  return {false, arena_->queue().span_of(byte_length, envelope_length)};
}

bool Writer::has_room(Placement placement) {
  if (!placement.in_segment) return arena_->queue().could_claim(placement.span, kept_cells_);
  return arena_->segments().free_count() > 0 || arena_->queue().can_drop();
}

Status Writer::stranded() const noexcept {
  // A broadcast without readers drops its oldest units instead.
  if (wait_for_readers_ || arena_->queue().broadcast()) return Status::ok;
  const std::uint32_t history = arena_->region().control().history.load(std::memory_order_seq_cst);
  if ((history & (kReaderSeen | kReaderLost)) == 0) return Status::ok;
  if (arena_->peers().members(Role::reader) > 0) return Status::ok;
  // A closed reader may still hold leases. Their segments come free when it releases them.
  if (arena_->segments().leased_count() > 0) return Status::ok;
  return (history & kReaderLost) != 0 ? Status::peer_lost : Status::no_readers;
}

Status Writer::wait(Placement placement, Deadline deadline, std::chrono::nanoseconds spin,
                    bool continued) {
  if (closed_) return Status::closed;
  const auto began = Clock::now();
  if (!continued) note_.ends();
  note_.wants(placement);
  Status lost = Status::ok;
  const bool woken = arena_->wait(
      arena_->writable(),
      [&] {
        arena_->region().check_poison();
        if (has_room(placement)) return true;
        lost = stranded();
        return lost != Status::ok;
      },
      deadline, spin, note_);
  count_wait(static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - began).count()),
             continued);
  if (!woken) return Status::timed_out;
  return lost;
}

bool Writer::arm(Placement placement) {
  arena_->writable().arm(peer_.index);
  note_.wants(placement);
  note_.looked();
  return has_room(placement) || stranded() != Status::ok;
}

void Writer::disarm() noexcept {
  // A ring that has come and is not used belongs to the next waiter.
  if (!arena_->writable().disarm(peer_.index)) arena_->writable().notify_one();
}

void Writer::add_wait(std::uint64_t nanoseconds) noexcept {
  // Once this writer has closed, the slot may be another peer's.
  if (!closed_) note_.ends();
  count_wait(nanoseconds, false);
}

void Writer::count_wait(std::uint64_t nanoseconds, bool continued) noexcept {
  if (closed_) return;
  PeerSlot& slot = arena_->peers().slot(peer_.index);
  if (!continued) add(slot.waits, 1);
  add(slot.waited_ns, nanoseconds);
}

void Writer::close() noexcept {
  if (closed_) return;
  note_.ends();
  closed_ = true;
  // Set this before the writer leaves: a reader that finds no writer must know how the last one
  // ended.
  arena_->region().control().history.fetch_or(kWriterClosed, std::memory_order_seq_cst);
  if (kept_open_ == 0) return leave(*arena_, peer_);
  // The peer slot is kept for the units that are open. Readers do not wait for this writer any
  // more.
  arena_->peers().retire(peer_);
  arena_->wake_everybody();
}

std::optional<UnendedRecord> Writer::held_up_by() {
  return arena_->queue().unended_at(arena_->queue().refresh_floor());
}

FreeRoom Writer::free_room() {
  RecordQueue& queue = arena_->queue();
  return {pool_ ? arena_->segments().free_count() : 0, queue.free_bytes(), queue.free_records()};
}

}  // namespace arena::core
