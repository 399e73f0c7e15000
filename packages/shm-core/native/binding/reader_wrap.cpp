#include "reader_wrap.hpp"

#include <algorithm>
#include <utility>

#include "array_buffers.hpp"
#include "attachment_wrap.hpp"
#include "copy.hpp"
#include "held_up.hpp"
#include "instance.hpp"
#include "marshal.hpp"
#include "undo.hpp"

namespace arena::binding {
namespace {

/// Copies from this size on go into reused private memory, smaller ones into JavaScript's own.
constexpr std::size_t kPooledCopyBytes = 64 << 10;

/// Units up to this size, envelope included, are copied many at a time; batch.ts knows it.
constexpr std::size_t kBatchedBytes = 16 << 10;

/// Most units that one call copies, and numbers of each in the table.
constexpr std::size_t kTableRows = 1024;
constexpr std::size_t kRowLength = 4;

/// Calls JavaScript for the sake of what it might report: refused and thrown is not heard.
void call_quietly(const Reference& function, std::uint32_t argument) noexcept {
  try {
    const napi_env env = function.env();
    const HandleScope scope(env);
    const napi_value id = to_js(env, argument);
    napi_value undefined = nullptr;
    check(napi_get_undefined(env, &undefined));
    check(napi_call_function(env, undefined, function.value(), 1, &id, nullptr));
  } catch (const Refused&) {
  }
}

/// Tells a lease that nobody sees its memory any more: it ends then, if it has not before.
class LeaseBacking final : public Backing {
 public:
  LeaseBacking(std::shared_ptr<ReaderState> state, std::uint32_t id)
      : state_(std::move(state)), id_(id) {}
  ~LeaseBacking() override {
    if (!state_) return;
    const bool leaked = !outlived() && state_->unseen(id_);
    if (outlived()) state_->keep_for_ever(id_);
    if (state_->wrapper != nullptr) state_->wrapper->let_go();
    if (leaked && !state_->on_leak.empty()) call_quietly(state_->on_leak, id_);
  }
  void abandon() noexcept override { state_.reset(); }

 private:
  std::shared_ptr<ReaderState> state_;
  std::uint32_t id_;
};

napi_value envelope_value(napi_env env, const core::RecordView& view) {
  return copied_array_buffer(env, view.envelope, view.envelope_length);
}

}  // namespace

void ReaderWrap::define(napi_env env) {
  using W = ReaderWrap;
  const napi_value defined = define_class<W>(env, "Reader",
                                             {method<&W::take>("take"),
                                              method<&W::take_into>("takeInto"),
                                              method<&W::take_many>("takeMany"),
                                              method<&W::borrow>("borrow"),
                                              method<&W::end_loan>("endLoan"),
                                              method<&W::overtaken>("overtaken"),
                                              method<&W::end_quiet_stream>("endQuietStream"),
                                              method<&W::records>("records"),
                                              method<&W::release>("release"),
                                              method<&W::hold>("hold"),
                                              method<&W::unhold>("unhold"),
                                              method<&W::wait>("wait"),
                                              method<&W::arm>("arm"),
                                              method<&W::disarm>("disarm"),
                                              method<&W::add_wait>("addWait"),
                                              method<&W::lag>("lag"),
                                              method<&W::lost>("lost"),
                                              method<&W::sync_to_newest>("syncToNewest"),
                                              method<&W::on_leak>("onLeak"),
                                              method<&W::end_wait>("endWait"),
                                              method<&W::held_up_by>("heldUpBy"),
                                              method<&W::close>("close")});
  instance(env).reader = Reference::strong(env, defined);
}

ReaderWrap::ReaderWrap(const Call& call) : turns_(instance(call.env).turns) {
  const auto arena = unwrap<AttachmentWrap>(call.env, call[0]).shared_arena();
  const auto from = static_cast<core::From>(to_u32(call.env, call[1]));
  // What JavaScript reads comes first: a reader that has joined holds up writers.
  std::byte* rows = nullptr;
  napi_value table = nullptr;
  constexpr std::size_t kNumbers = kTableRows * kRowLength;
  const napi_value buffer = new_array_buffer(call.env, kNumbers * sizeof(double), rows);
  check(napi_create_typedarray(call.env, napi_float64_array, kNumbers, buffer, 0, &table));
  define_constant(call.env, call.self(), "table", table);
  row_ = reinterpret_cast<double*>(rows);
  state_ = std::make_shared<ReaderState>(arena, from, to_bool(call.env, call[2]));
  state_->wrapper = this;
}

ReaderWrap::~ReaderWrap() {
  if (!state_) return;
  state_->wrapper = nullptr;
  // Whatever leases keep it: nobody reads with it any more.
  state_->reader.close();
}

ReaderState& ReaderWrap::state() const {
  if (state_) return *state_;
  throw core::ArenaFailure("ERR_ARENA_CLOSED",
                           "the reader is closed. Open another with arena.reader().");
}

core::Status ReaderWrap::next(core::TakenUnit& unit, std::uint64_t most) {
  if (!std::exchange(lapped_, false)) return state().reader.take(unit, most);
  return core::Status::lapped;
}

core::Status ReaderWrap::lapped() {
  core::TakenUnit passed;
  return state().reader.take(passed);
}

/// Throws ERR_ARENA_UNIT_TOO_LARGE for a unit that is longer than any ArrayBuffer.
void ReaderWrap::check_viewable(napi_env env, const core::TakenUnit& unit) {
  const std::uint64_t most = instance(env).max_view_bytes;
  if (unit.view.byte_length <= most) return;
  throw core::ArenaFailure(
      "ERR_ARENA_UNIT_TOO_LARGE",
      "unit too large: it has " + std::to_string(unit.view.byte_length) +
          " bytes, and this version of Node.js views at most " + std::to_string(most) +
          " at once. It stays unread: read it with Node.js 22 or later, or write smaller units.");
}

napi_value ReaderWrap::take(const Call& call) {
  turns_.due();
  core::TakenUnit unit;
  const core::Status status = next(unit);
  if (status != core::Status::ok) return to_js(call.env, status);
  return hand_over(call.env, unit, {call[0], call[1], call[2]});
}

napi_value ReaderWrap::hand_over(napi_env env, const core::TakenUnit& unit,
                                 const EnvelopeTarget& target) {
  // A value that cannot be made leaves the unit unread; its segment would stay leased otherwise.
  Undo untaken([&] { state_->reader.give_back(unit); });
  check_viewable(env, unit);
  std::uint32_t id = 0;
  copy_envelope(env, unit.view, target);
  napi_value buffer = nullptr;
  if (unit.leased) buffer = leased_buffer(env, unit, id);
  const bool zero_copy = buffer != nullptr;
  if (!zero_copy) buffer = copied_buffer(env, unit, id);
  untaken.forget();
  // Nothing below throws but for a reader that was overtaken, which holds nothing.
  if (!state_->reader.finish(unit)) {
    if (id != 0) state_->release(id, false);
    return to_js(env, lapped());
  }
  if (unit.leased && !zero_copy) state_->reader.release(unit);
  // This is intentional: numbers in a table and not an array of results, which costs as much as the
  // lease.
  row_[0] = id;
  row_[1] = zero_copy;
  row_[2] = unit.view.envelope_length;
  return buffer;
}

/// Into the slab; where that has no room, into an ArrayBuffer that the holder gets.
void ReaderWrap::copy_envelope(napi_env env, const core::RecordView& view,
                               const EnvelopeTarget& target) {
  if (view.envelope_length == 0) return;
  const Bytes slab = bytes_of(env, target.slab);
  const std::size_t at = to_u32(env, target.at);
  if (at <= slab.size && view.envelope_length <= slab.size - at) {
    core::copy_contested(slab.data + at, view.envelope, view.envelope_length);
  } else {
    check(napi_set_element(env, target.holder, 0, envelope_value(env, view)));
  }
}

/// An ArrayBuffer over a lease's memory, which is `id` from then on; null where the runtime refuses
/// one.
napi_value ReaderWrap::external_buffer(napi_env env, std::byte* data, ReaderState::Lease lease,
                                       std::uint32_t& id) {
  const std::uint32_t next = state_->new_id();
  const std::size_t size = lease.unit.view.byte_length;
  std::unique_ptr<Backing> backing = std::make_unique<LeaseBacking>(state_, next);
  lease.backing = backing.get();
  const napi_value buffer = external_array_buffer(env, data, size, backing, Track::in_threads);
  if (buffer == nullptr) return buffer;
  state_->leases.emplace(next, std::move(lease));
  id = next;
  return buffer;
}

/// A window into the segment itself; null where the runtime refuses one.
napi_value ReaderWrap::leased_buffer(napi_env env, const core::TakenUnit& unit, std::uint32_t& id) {
  if (unit.view.byte_length == 0) return nullptr;
  ReaderState::Lease lease{.unit = unit};
  auto* data = const_cast<std::byte*>(unit.view.bytes);
  if (state_->hardened) {
    const core::Region& region = state_->reader.arena().region();
    lease.window = region.open_window(unit.view.bytes, unit.view.byte_length, data);
  }
  return external_buffer(env, data, std::move(lease), id);
}

napi_value ReaderWrap::copied_buffer(napi_env env, const core::TakenUnit& unit, std::uint32_t& id) {
  const std::size_t size = unit.view.byte_length;
  const bool own = state_->hardened ? size == 0 : size < kPooledCopyBytes;
  if (own || !instance(env).external_buffers) {
    return copied_array_buffer(env, unit.view.bytes, size);
  }
  // The lease is of the private copy alone: what it was copied from is released apart from it.
  ReaderState::Lease lease{.unit = unit};
  lease.unit.leased = false;
  std::byte* data = nullptr;
  if (state_->hardened) {
    lease.window = core::LeaseWindow(-1, 0, size);
    data = lease.window.start();
  } else {
    lease.copy = state_->buffers.take(size);
    data = lease.copy.data;
  }
  const core::PrivateBuffer copy = lease.copy;
  Undo unused([&] {
    if (copy.data != nullptr) state_->buffers.give_back(copy);
  });
  core::copy_contested(data, unit.view.bytes, size);
  const napi_value buffer = external_buffer(env, data, std::move(lease), id);
  if (buffer == nullptr) return copied_array_buffer(env, unit.view.bytes, size);
  unused.forget();
  return buffer;
}

napi_value ReaderWrap::take_into(const Call& call) {
  const Bytes target = bytes_of(call.env, call[0]);
  turns_.due();
  core::TakenUnit unit;
  const core::Status status = next(unit);
  if (status != core::Status::ok) return to_js(call.env, status);
  Undo untaken([&] { state_->reader.give_back(unit); });
  if (unit.view.byte_length > target.size) {
    return to_js(call.env, -static_cast<double>(unit.view.byte_length));
  }
  core::copy_contested(target.data, unit.view.bytes, unit.view.byte_length);
  List result(call.env);
  result.add(unit.view.byte_length);
  if (unit.view.envelope_length > 0) result.add(envelope_value(call.env, unit.view));
  untaken.forget();
  if (!state_->reader.finish(unit)) return to_js(call.env, lapped());
  state_->reader.release(unit);
  return result.value();
}

napi_value ReaderWrap::take_many(const Call& call) {
  const Bytes slab = bytes_of(call.env, call[0]);
  const std::size_t max = std::min<std::size_t>(to_u32(call.env, call[1]), kTableRows);
  double* row = row_;
  std::size_t at = 0;
  std::size_t count = 0;
  core::Reader& reader = state().reader;
  core::Status status = core::Status::ok;
  turns_.due();
  // Stops while any unit that is copied here still fits, and before one that is not: given back, it
  // could reach another reader behind a later one.
  while (count < max && slab.size - at >= kBatchedBytes) {
    core::TakenUnit unit;
    status = next(unit, count == 0 ? core::Reader::kAnySize : kBatchedBytes);
    if (status != core::Status::ok) break;
    const std::size_t envelope_at = at + core::align_up(unit.view.byte_length, 8);
    const std::size_t end = envelope_at + core::align_up(unit.view.envelope_length, 8);
    if (unit.leased || end - at > kBatchedBytes) {
      if (count == 0) return hand_over(call.env, unit, {call[2], call[3], call[4]});
      reader.give_back(unit);
      break;
    }
    core::copy_contested(slab.data + at, unit.view.bytes, unit.view.byte_length);
    core::copy_contested(slab.data + envelope_at, unit.view.envelope, unit.view.envelope_length);
    if (!reader.finish(unit, false)) {
      status = lapped();
      break;
    }
    row[0] = static_cast<double>(at);
    row[1] = static_cast<double>(unit.view.byte_length);
    row[2] = static_cast<double>(envelope_at);
    row[3] = unit.view.envelope_length;
    row += kRowLength;
    at = end;
    ++count;
  }
  if (count > 0) {
    // Told by the next call: what came before the gap comes first.
    lapped_ = status == core::Status::lapped;
    reader.notify_progress();
  } else if (status != core::Status::ok) {
    return to_js(call.env, status);
  }
  return to_js(call.env, -static_cast<double>(count));
}

napi_value ReaderWrap::end_quiet_stream(const Call& call) {
  return to_js(call.env, state().reader.end_quiet_stream());
}

napi_value ReaderWrap::release(const Call& call) {
  if (state_) state_->release(to_u32(call.env, call[0]), !to_bool(call.env, call[1]));
  let_go();
  return nullptr;
}

napi_value ReaderWrap::hold(const Call& call) {
  const auto found = state().leases.find(to_u32(call.env, call[0]));
  if (found != state_->leases.end()) ++found->second.holds;
  return nullptr;
}

napi_value ReaderWrap::unhold(const Call& call) {
  if (state_) state_->unhold(to_u32(call.env, call[0]));
  let_go();
  return nullptr;
}

napi_value ReaderWrap::wait(const Call& call) {
  return to_js(call.env,
               state().reader.wait(to_deadline(call.env, call[0]), to_spin(call.env, call[1]),
                                   to_bool(call.env, call[2])));
}

napi_value ReaderWrap::arm(const Call& call) {
  return to_js(call.env, state().reader.arm(to_u64(call.env, call[0])));
}

napi_value ReaderWrap::disarm(const Call&) {
  state().reader.disarm();
  return nullptr;
}

napi_value ReaderWrap::add_wait(const Call& call) {
  state().reader.add_wait(to_u64(call.env, call[0]));
  return nullptr;
}

napi_value ReaderWrap::lag(const Call& call) { return to_js(call.env, state().reader.lag()); }

napi_value ReaderWrap::lost(const Call& call) {
  return to_js(call.env, state_ ? state_->reader.lost() : lost_);
}

napi_value ReaderWrap::sync_to_newest(const Call&) {
  state().reader.sync_to_newest();
  return nullptr;
}

napi_value ReaderWrap::on_leak(const Call& call) {
  state().on_leak = Reference::strong(call.env, call[0]);
  return nullptr;
}

napi_value ReaderWrap::end_wait(const Call&) {
  if (state_) state_->reader.end_wait();
  return nullptr;
}

napi_value ReaderWrap::held_up_by(const Call& call) {
  core::Reader& reader = state().reader;
  return held_up_value(call.env, reader.arena(), reader.held_up_by());
}

napi_value ReaderWrap::close(const Call& call) {
  loan_.reset();
  if (!state_) return nullptr;
  state_->reader.close();
  end_records(call.env);
  let_go();
  return nullptr;
}

void ReaderWrap::let_go() {
  if (!state_ || !state_->reader.closed() || !state_->leases.empty()) return;
  lost_ = state_->reader.lost();
  // Buffers that are still to be finalized keep the state, and may outlive this object.
  state_->wrapper = nullptr;
  state_.reset();
}

}  // namespace arena::binding
