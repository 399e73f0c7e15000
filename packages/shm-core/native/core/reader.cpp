#include "reader.hpp"

#include <utility>

#include "broadcast_reader.hpp"
#include "copy.hpp"
#include "exclusive_reader.hpp"
#include "recovery.hpp"
#include "undo.hpp"

namespace arena::core {
namespace {

void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

/// The caller may know of writers that are on their way, and wait for them.
bool is_told_once(Status end) noexcept { return end == Status::quiet || end == Status::peer_lost; }

}  // namespace

std::unique_ptr<Reader> open_reader(std::shared_ptr<Attachment> arena, From from) {
  if (!arena->queue().broadcast()) return std::make_unique<ExclusiveReader>(std::move(arena));
  return std::make_unique<BroadcastReader>(std::move(arena), from);
}

Reader::Reader(std::shared_ptr<Attachment> arena)
    : arena_(std::move(arena)),
      peer_(arena_->join(Role::reader)),
      note_(arena_->peers().slot(peer_.index)) {}

void Reader::opened() noexcept {
  arena_->region().control().history.fetch_or(kReaderSeen, std::memory_order_seq_cst);
}

Reader::~Reader() { close(); }

std::atomic<std::uint64_t>& Reader::position() const noexcept {
  return arena_->peers().slot(peer_.index).position;
}

Status Reader::next(TakenUnit& unit, std::uint64_t most) {
  if (!std::exchange(lapped_, false)) return take(unit, most);
  return Status::lapped;
}

Status Reader::move_on() {
  TakenUnit behind;
  const Status status = take(behind);
  if (status != Status::ok) return status;
  // A hostile peer has changed the counts, so that nothing seems lost. The caller has no unit.
  give_back(behind);
  return Status::empty;
}

Status Reader::read(Receiver& receiver) {
  TakenUnit unit;
  const Status status = next(unit);
  return status == Status::ok ? deliver(unit, receiver) : status;
}

Status Reader::deliver(const TakenUnit& unit, Receiver& receiver) {
  Undo untaken([&] { give_back(unit); });
  if (!receiver.accepts(unit.view)) return Status::too_large;
  const std::uint32_t envelope_length = unit.view.envelope_length;
  if (envelope_length > 0) {
    copy_contested(receiver.envelope(envelope_length), unit.view.envelope, envelope_length);
  }
  const bool shown = unit.leased && receiver.lease(unit);
  if (!shown) copy_contested(receiver.copy(unit), unit.view.bytes, unit.view.byte_length);
  untaken.forget();
  if (!finish(unit)) {
    receiver.revoke();
    return move_on();
  }
  if (!shown) release(unit);
  return Status::ok;
}

Status Reader::read_many(std::span<std::byte> slab, std::span<BatchRow> rows, std::size_t& count,
                         Receiver& single) {
  count = 0;
  if (slab.size() < kBatchedBytes || rows.empty()) return read(single);
  std::uint64_t at = 0;
  Status status = Status::ok;
  while (count < rows.size() && slab.size() - at >= kBatchedBytes) {
    TakenUnit unit;
    // From the second unit on, do not take a unit that does not fit: after give_back() another
    // reader could get it behind a later unit.
    status = next(unit, count == 0 ? kAnySize : kBatchedBytes);
    if (status != Status::ok) break;
    const RecordView& view = unit.view;
    const std::uint64_t envelope_at = at + align_up(view.byte_length, 8);
    const std::uint64_t end = envelope_at + align_up(view.envelope_length, 8);
    if (unit.leased || end - at > kBatchedBytes) {
      if (count == 0) return deliver(unit, single);
      give_back(unit);
      break;
    }
    copy_contested(slab.data() + at, view.bytes, view.byte_length);
    copy_contested(slab.data() + envelope_at, view.envelope, view.envelope_length);
    if (!finish(unit, false)) {
      status = move_on();
      break;
    }
    rows[count++] = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(view.byte_length),
                     static_cast<std::uint32_t>(envelope_at), view.envelope_length};
    at = end;
  }
  if (count == 0) return status;
  // Return the units before the gap first. The next call reports the gap.
  lapped_ = status == Status::lapped;
  notify_progress();
  return Status::ok;
}

Status Reader::take(TakenUnit& unit, std::uint64_t most) {
  if (closed_) return Status::closed;
  arena_->region().check_poison();
  Status status = take_next(unit, most);
  if (status != Status::empty) return status;
  std::uint64_t seen = 0;
  const Status end = arena_->stream().state(seen);
  if (end == Status::empty) return end;
  // Look once more: all units of the last writer became visible before that writer left.
  status = take_next(unit, most);
  if (status != Status::empty || pending()) return status;
  if (end == Status::ended && !arena_->stream().end(seen)) return Status::empty;
  if (is_told_once(end)) told_ = seen;
  return end;
}

bool Reader::end_quiet_stream() noexcept {
  if (!arena_->stream().end(told_)) return false;
  arena_->readable().notify_all();
  return true;
}

bool Reader::confirms_loss() noexcept {
  std::uint64_t seen = 0;
  return arena_->stream().state(seen) == Status::peer_lost && seen == told_;
}

bool Reader::finish(const TakenUnit& unit, bool notify) {
  // close() has given the unit back meanwhile, unless a lease still keeps the peer slot.
  if (closed_ && leases_ == 0) return false;
  if (!pass(unit, notify)) return false;
  PeerSlot& slot = arena_->peers().slot(peer_.index);
  add(slot.read_units, 1);
  add(slot.read_bytes, unit.view.byte_length);
  return true;
}

void Reader::release(const TakenUnit& unit) {
  if (!unit.leased) return;
  give_up_lease(unit);
  count_lease(-1);
  arena_->writable().notify_one();
  leave_if_done();
}

void Reader::count_lease(int change) noexcept {
  leases_ += static_cast<std::uint64_t>(change);
  arena_->peers().slot(peer_.index).leases_out.store(leases_, std::memory_order_relaxed);
}

bool Reader::pending() { return first_unread() < arena_->queue().tail(); }

bool Reader::ready() {
  arena_->region().check_poison();
  std::uint64_t seen = 0;
  const Status end = arena_->stream().state(seen);
  // `quiet` and `peer_lost` end a wait once for each word of the stream. Afterwards the reader
  // waits for a writer that is on its way.
  const bool known = is_told_once(end) && seen == told_;
  if (end != Status::empty && !known && !pending()) return true;
  return available();
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
  // SYNC: relaxed; arm() releases the value. A writer that sees the bit of an earlier arm() rings
  // as that call asked.
  arena_->peers()
      .slot(peer_.index)
      .ring_from.store(units > 1 ? first_unread() + units : 0, std::memory_order_relaxed);
  arena_->readable().arm(peer_.index);
  note_.looked();
  return ready();
}

void Reader::disarm() noexcept { arena_->readable().disarm(peer_.index); }

void Reader::add_wait(std::uint64_t nanoseconds) noexcept {
  // After the close the slot may belong to another peer.
  if (!closed_) note_.ends();
  count_wait(nanoseconds, false);
}

void Reader::count_wait(std::uint64_t nanoseconds, bool continued) noexcept {
  if (closed_) return;
  PeerSlot& slot = arena_->peers().slot(peer_.index);
  if (!continued) add(slot.reader_waits, 1);
  add(slot.reader_waited_ns, nanoseconds);
}

std::optional<UnendedRecord> Reader::held_up_by() {
  if (closed_) return std::nullopt;
  return arena_->queue().unended_at(waited_for());
}

void Reader::close() noexcept {
  if (closed_) return;
  note_.ends();
  closed_ = true;
  // A closed reader holds back no writer, even while it keeps leases.
  arena_->peers().strike(peer_);
  position().store(kNoPosition, std::memory_order_seq_cst);
  arena_->wake_everybody();
  leave_if_done();
}

void Reader::leave_if_done() noexcept {
  if (closed_ && leases_ == 0) leave(*arena_, peer_);
}

}  // namespace arena::core
