#include "reader_wrap.hpp"

#include <algorithm>
#include <utility>

#include "array_buffers.hpp"
#include "attachment_wrap.hpp"
#include "copy.hpp"
#include "errors.hpp"
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

/// Ends a lease whose ArrayBuffer was collected before it was released.
struct LeaseBacking final : Backing {
  LeaseBacking(std::shared_ptr<ReaderState> state, std::uint32_t id)
      : state(std::move(state)), id(id) {}
  ~LeaseBacking() override {
    if (!state->release(id)) return;
    if (state->wrapper != nullptr) state->wrapper->let_go();
    const Napi::FunctionReference& on_leak = state->on_leak;
    if (on_leak.IsEmpty()) return;
    const Napi::Env env = on_leak.Env();
    Napi::HandleScope scope(env);
    try {
      on_leak.Call({Napi::Number::New(env, id)});
    } catch (const Napi::Error&) {
      // The environment is ending: nobody is left to warn.
    }
  }
  std::shared_ptr<ReaderState> state;
  std::uint32_t id;
};

Napi::Value envelope_value(Napi::Env env, const core::RecordView& view) {
  if (view.envelope_length == 0) return env.Undefined();
  return copied_array_buffer(env, view.envelope, view.envelope_length);
}

}  // namespace

void ReaderWrap::define(Napi::Env env) {
  using W = ReaderWrap;
  instance(env).reader = Napi::Persistent(DefineClass(
      env, "Reader",
      {InstanceMethod<&W::take>("take"), InstanceMethod<&W::take_into>("takeInto"),
       InstanceMethod<&W::take_many>("takeMany"), InstanceMethod<&W::borrow>("borrow"),
       InstanceMethod<&W::end_loan>("endLoan"), InstanceMethod<&W::overtaken>("overtaken"),
       InstanceMethod<&W::records>("records"), InstanceMethod<&W::release>("release"),
       InstanceMethod<&W::hold>("hold"), InstanceMethod<&W::unhold>("unhold"),
       InstanceMethod<&W::wait>("wait"), InstanceMethod<&W::arm>("arm"),
       InstanceMethod<&W::disarm>("disarm"), InstanceMethod<&W::add_wait>("addWait"),
       InstanceMethod<&W::lag>("lag"), InstanceMethod<&W::lost>("lost"),
       InstanceMethod<&W::sync_to_newest>("syncToNewest"), InstanceMethod<&W::on_leak>("onLeak"),
       InstanceMethod<&W::close>("close")}));
}

ReaderWrap::ReaderWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  guarded(info.Env(), [&] {
    auto* attachment = AttachmentWrap::Unwrap(info[0].As<Napi::Object>());
    const auto from = static_cast<core::From>(info[1].As<Napi::Number>().Uint32Value());
    state_ = std::make_shared<ReaderState>(attachment->shared_arena(), from, info[2].ToBoolean());
    state_->wrapper = this;
    Napi::Float64Array table = Napi::Float64Array::New(info.Env(), kTableRows * kRowLength);
    row_ = table.Data();
    // A constant property of this object, which no caller sees: it cannot be detached or collected.
    Value().DefineProperty(Napi::PropertyDescriptor::Value("table", table));
  });
}

ReaderWrap::~ReaderWrap() {
  if (state_) state_->wrapper = nullptr;
}

ReaderState& ReaderWrap::state() const {
  if (state_) return *state_;
  throw make_error(Env(), "ERR_ARENA_CLOSED",
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

Napi::Value ReaderWrap::take(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&]() -> Napi::Value {
    core::TakenUnit unit;
    const core::Status status = next(unit);
    if (status != core::Status::ok) return status_value(env, status);
    return hand_over(env, unit, {info[0], info[1], info[2]});
  });
}

Napi::Value ReaderWrap::hand_over(Napi::Env env, const core::TakenUnit& unit,
                                  const EnvelopeTarget& target) {
  // A value that cannot be made leaves the unit unread; its segment would stay leased otherwise.
  Undo untaken([&] { state_->reader.give_back(unit); });
  std::uint32_t id = 0;
  copy_envelope(env, unit.view, target);
  Napi::Value buffer;
  if (unit.leased) buffer = leased_buffer(env, unit, id);
  const bool zero_copy = !buffer.IsEmpty();
  if (!zero_copy) buffer = copied_buffer(env, unit, id);
  untaken.forget();
  // Nothing below throws but for a reader that was overtaken, which holds nothing.
  if (!state_->reader.finish(unit)) {
    if (id != 0) state_->release(id);
    return status_value(env, lapped());
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
void ReaderWrap::copy_envelope(Napi::Env env, const core::RecordView& view,
                               const EnvelopeTarget& target) {
  if (view.envelope_length == 0) return;
  const Bytes slab = bytes_of(target.slab);
  const std::size_t at = target.at.As<Napi::Number>().Uint32Value();
  if (at <= slab.size && view.envelope_length <= slab.size - at) {
    core::copy_contested(slab.data + at, view.envelope, view.envelope_length);
  } else {
    target.holder.As<Napi::Array>()[0u] = envelope_value(env, view);
  }
}

/// An ArrayBuffer over a lease's memory, which is `id` from then on; empty where the runtime
/// refuses one.
Napi::Value ReaderWrap::external_buffer(Napi::Env env, std::byte* data, ReaderState::Lease lease,
                                        std::uint32_t& id) {
  const std::uint32_t next = state_->new_id();
  const std::size_t size = lease.unit.view.byte_length;
  std::unique_ptr<Backing> backing = std::make_unique<LeaseBacking>(state_, next);
  Napi::Value buffer = external_array_buffer(env, data, size, backing);
  if (buffer.IsEmpty()) return buffer;
  state_->leases.emplace(next, std::move(lease));
  id = next;
  return buffer;
}

/// A window into the segment itself; empty where the runtime refuses one.
Napi::Value ReaderWrap::leased_buffer(Napi::Env env, const core::TakenUnit& unit,
                                      std::uint32_t& id) {
  if (unit.view.byte_length == 0) return Napi::Value();
  ReaderState::Lease lease{.unit = unit};
  auto* data = const_cast<std::byte*>(unit.view.bytes);
  if (state_->hardened) {
    const core::Region& region = state_->reader.arena().region();
    lease.window = region.open_window(unit.view.bytes, unit.view.byte_length, data);
  }
  return external_buffer(env, data, std::move(lease), id);
}

Napi::Value ReaderWrap::copied_buffer(Napi::Env env, const core::TakenUnit& unit,
                                      std::uint32_t& id) {
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
  const Napi::Value buffer = external_buffer(env, data, std::move(lease), id);
  if (buffer.IsEmpty()) return copied_array_buffer(env, unit.view.bytes, size);
  unused.forget();
  return buffer;
}

Napi::Value ReaderWrap::take_into(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&]() -> Napi::Value {
    const Bytes target = bytes_of(info[0]);
    core::TakenUnit unit;
    const core::Status status = next(unit);
    if (status != core::Status::ok) return status_value(env, status);
    Undo untaken([&] { state_->reader.give_back(unit); });
    if (unit.view.byte_length > target.size) {
      return Napi::Number::New(env, -static_cast<double>(unit.view.byte_length));
    }
    core::copy_contested(target.data, unit.view.bytes, unit.view.byte_length);
    Napi::Array result = Napi::Array::New(env, 2);
    result[0u] = static_cast<double>(unit.view.byte_length);
    result[1u] = envelope_value(env, unit.view);
    untaken.forget();
    if (!state_->reader.finish(unit)) return status_value(env, lapped());
    state_->reader.release(unit);
    return result;
  });
}

Napi::Value ReaderWrap::take_many(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&]() -> Napi::Value {
    const Bytes slab = bytes_of(info[0]);
    const std::size_t max =
        std::min<std::size_t>(info[1].As<Napi::Number>().Uint32Value(), kTableRows);
    double* row = row_;
    std::size_t at = 0;
    std::size_t count = 0;
    core::Reader& reader = state().reader;
    core::Status status = core::Status::ok;
    // Stops while any unit that is copied here still fits, and before one that is not: given back,
    // it could reach another reader behind a later one.
    while (count < max && slab.size - at >= kBatchedBytes) {
      core::TakenUnit unit;
      status = next(unit, count == 0 ? core::Reader::kAnySize : kBatchedBytes);
      if (status != core::Status::ok) break;
      const std::size_t envelope_at = at + core::align_up(unit.view.byte_length, 8);
      const std::size_t end = envelope_at + core::align_up(unit.view.envelope_length, 8);
      if (unit.leased || end - at > kBatchedBytes) {
        if (count == 0) return hand_over(env, unit, {info[2], info[3], info[4]});
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
      return status_value(env, status);
    }
    return Napi::Number::New(env, -static_cast<double>(count));
  });
}

Napi::Value ReaderWrap::release(const Napi::CallbackInfo& info) {
  if (state_) state_->release(info[0].As<Napi::Number>());
  detach(info.Env(), info[1]);
  let_go();
  return info.Env().Undefined();
}

Napi::Value ReaderWrap::hold(const Napi::CallbackInfo& info) {
  const auto found = state().leases.find(info[0].As<Napi::Number>());
  if (found != state_->leases.end()) ++found->second.holds;
  return info.Env().Undefined();
}

Napi::Value ReaderWrap::unhold(const Napi::CallbackInfo& info) {
  if (state_) state_->unhold(info[0].As<Napi::Number>());
  let_go();
  return info.Env().Undefined();
}

Napi::Value ReaderWrap::wait(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return status_value(info.Env(), state().reader.wait(to_deadline(info[0]), to_spin(info[1]),
                                                        info[2].ToBoolean()));
  });
}

Napi::Value ReaderWrap::arm(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return Napi::Boolean::New(info.Env(), state().reader.arm(to_u64(info[0])));
  });
}

Napi::Value ReaderWrap::disarm(const Napi::CallbackInfo& info) {
  state().reader.disarm();
  return info.Env().Undefined();
}

Napi::Value ReaderWrap::add_wait(const Napi::CallbackInfo& info) {
  state().reader.add_wait(to_u64(info[0]));
  return info.Env().Undefined();
}

Napi::Value ReaderWrap::lag(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state().reader.lag()));
}

Napi::Value ReaderWrap::lost(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(state_ ? state_->reader.lost() : lost_));
}

Napi::Value ReaderWrap::sync_to_newest(const Napi::CallbackInfo& info) {
  state().reader.sync_to_newest();
  return info.Env().Undefined();
}

Napi::Value ReaderWrap::on_leak(const Napi::CallbackInfo& info) {
  state().on_leak = Napi::Persistent(info[0].As<Napi::Function>());
  return info.Env().Undefined();
}

Napi::Value ReaderWrap::close(const Napi::CallbackInfo& info) {
  loan_.reset();
  if (!state_) return info.Env().Undefined();
  state_->reader.close();
  if (!records_.IsEmpty()) detach(info.Env(), records_.Value());
  records_.Reset();
  let_go();
  return info.Env().Undefined();
}

void ReaderWrap::let_go() {
  if (!state_ || !state_->reader.closed() || !state_->leases.empty()) return;
  lost_ = state_->reader.lost();
  state_.reset();
}

}  // namespace arena::binding
