#include "writer_wrap.hpp"

#include "attachment_wrap.hpp"
#include "copy.hpp"
#include "errors.hpp"
#include "instance.hpp"
#include "marshal.hpp"
#include "undo.hpp"

namespace arena::binding {
namespace {

/// Gives up a unit whose ArrayBuffer was collected before it was committed or aborted.
struct UnitBacking final : Backing {
  UnitBacking(std::shared_ptr<WriterState> state, std::uint32_t id)
      : state(std::move(state)), id(id) {}
  ~UnitBacking() override { state->abort(id); }
  std::shared_ptr<WriterState> state;
  std::uint32_t id;
};

/// The same for a unit whose ArrayBuffer is private memory: it keeps no mapping.
struct DroppedUnit {
  std::weak_ptr<WriterState> state;
  std::uint32_t id;
};

void give_up(Napi::Env, DroppedUnit* dropped) {
  if (const auto state = dropped->state.lock()) state->abort(dropped->id);
  delete dropped;
}

}  // namespace

std::uint32_t WriterState::new_id() {
  // After 2^32 units it begins anew, between those that are still open.
  do {
    ++last_id;
  } while (last_id == 0 || open.contains(last_id));
  return last_id;
}

void WriterState::abort(std::uint32_t id) {
  const auto found = open.find(id);
  if (found == open.end()) return;
  writer.abort(found->second.unit);
  open.erase(found);
}

void WriterWrap::define(Napi::Env env) {
  using W = WriterWrap;
  instance(env).writer = Napi::Persistent(DefineClass(
      env, "Writer",
      {InstanceMethod<&W::try_acquire>("tryAcquire"), InstanceMethod<&W::try_write>("tryWrite"),
       InstanceMethod<&W::try_write_many>("tryWriteMany"), InstanceMethod<&W::commit>("commit"),
       InstanceMethod<&W::abort>("abort"), InstanceMethod<&W::wait>("wait"),
       InstanceMethod<&W::arm>("arm"), InstanceMethod<&W::disarm>("disarm"),
       InstanceMethod<&W::flush>("flush"), InstanceMethod<&W::stranded>("stranded"),
       InstanceMethod<&W::add_wait>("addWait"), InstanceMethod<&W::free_bytes>("freeBytes"),
       InstanceMethod<&W::slowest_reader>("slowestReader"), InstanceMethod<&W::close>("close")}));
}

WriterWrap::WriterWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  guarded(info.Env(), [&] {
    auto* attachment = AttachmentWrap::Unwrap(info[0].As<Napi::Object>());
    state_ = std::make_shared<WriterState>(attachment->shared_arena());
    Napi::Uint32Array opened = Napi::Uint32Array::New(info.Env(), 1);
    opened_ = opened.Data();
    // A constant property of this object, which no caller sees: it cannot be detached or collected.
    Value().DefineProperty(Napi::PropertyDescriptor::Value("opened", opened));
  });
}

WriterState& WriterWrap::state() const {
  if (state_) return *state_;
  throw make_error(Env(), "ERR_ARENA_CLOSED",
                   "the writer is closed. Open another with arena.writer().");
}

Napi::Value WriterWrap::try_acquire(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&]() -> Napi::Value {
    core::OpenUnit unit;
    const core::Status status =
        state().writer.try_acquire(to_u64(info[0]), envelope_of(info[1]), unit);
    if (status != core::Status::ok) return status_value(env, status);
    Undo unopened([&] { state_->writer.abort(unit); });
    const std::uint32_t id = state_->new_id();
    auto& opened = state_->open.emplace(id, WriterState::Opened{unit, {}}).first->second;
    unopened.forget();
    // By its id from here on: the backing of a buffer that cannot be made gives it up as well.
    Undo unseen([&] { state_->abort(id); });
    const Napi::ArrayBuffer buffer = buffer_for(unit, id);
    opened.buffer = Napi::Weak(buffer);
    unseen.forget();
    *opened_ = id;
    return buffer;
  });
}

/// A window into the unit's memory, or where there is none or the runtime refuses it, private
/// memory.
Napi::ArrayBuffer WriterWrap::buffer_for(const core::OpenUnit& unit, std::uint32_t id) {
  const Napi::Env env = Env();
  if (unit.byte_length > 0) {
    auto backing = std::make_unique<UnitBacking>(state_, id);
    UnitBacking& kept = *backing;
    std::unique_ptr<Backing> given = std::move(backing);
    const Napi::Value window = external_array_buffer(env, unit.bytes, unit.byte_length, given);
    if (!window.IsEmpty()) return window.As<Napi::ArrayBuffer>();
    // Refused: the unit lives on, and its backing must not abort it.
    kept.id = 0;
  }
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, unit.byte_length);
  buffer.AddFinalizer(give_up, new DroppedUnit{state_, id});
  return buffer;
}

core::Status WriterWrap::write(const Bytes& bytes, std::span<const std::byte> envelope,
                               bool inlined, bool notify) {
  core::Writer& writer = state().writer;
  if (inlined) return writer.try_write_inline({bytes.data, bytes.size}, envelope, notify);
  core::OpenUnit unit;
  core::Status status = writer.try_acquire(bytes.size, envelope, unit);
  if (status != core::Status::ok) return status;
  Undo unwritten([&] { writer.abort(unit); });
  core::copy_contested(unit.bytes, bytes.data, bytes.size);
  status = writer.commit(unit, bytes.size);
  if (status == core::Status::ok) unwritten.forget();
  return status;
}

Napi::Value WriterWrap::try_write(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return status_value(info.Env(),
                        write(bytes_of(info[0]), envelope_of(info[1]), info[2].ToBoolean(), true));
  });
}

Napi::Value WriterWrap::try_write_many(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&]() -> Napi::Value {
    const Napi::Array list = info[0].As<Napi::Array>();
    const std::uint32_t length = list.Length();
    const std::uint32_t first = info[1].As<Napi::Number>();
    const std::uint64_t inline_bytes = to_u64(info[2]);
    core::Status status = core::Status::ok;
    std::uint32_t at = first;
    for (; at < length; ++at) {
      // A scope each: a long list would pile up handles.
      Napi::HandleScope scope(env);
      const Bytes bytes = bytes_of(list[at]);
      status = write(bytes, {}, bytes.size <= inline_bytes, false);
      if (status != core::Status::ok) break;
    }
    if (at > first) state_->writer.notify_commit();
    if (at == first && status != core::Status::ok) {
      return Napi::Number::New(env, -1 - static_cast<int>(status));
    }
    return Napi::Number::New(env, at);
  });
}

Napi::Value WriterWrap::commit(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::uint32_t id = info[0].As<Napi::Number>();
    const auto found = state().open.find(id);
    if (found == state_->open.end()) return status_value(info.Env(), core::Status::closed);
    core::OpenUnit& unit = found->second.unit;
    Napi::ArrayBuffer buffer = info[2].As<Napi::ArrayBuffer>();
    if (buffer.Data() != unit.bytes) {
      core::copy_contested(unit.bytes, static_cast<std::byte*>(buffer.Data()), buffer.ByteLength());
    }
    const core::Status status = state_->writer.commit(unit, to_u64(info[1]));
    if (status == core::Status::ok) {
      state_->open.erase(found);
      detach(info.Env(), buffer);
    }
    return status_value(info.Env(), status);
  });
}

Napi::Value WriterWrap::abort(const Napi::CallbackInfo& info) {
  if (state_) state_->abort(info[0].As<Napi::Number>());
  detach(info.Env(), info[1]);
  return info.Env().Undefined();
}

Napi::Value WriterWrap::wait(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const core::Status status =
        state().writer.wait(to_u64(info[0]), to_u64(info[1]), to_deadline(info[2]),
                            to_spin(info[3]), info[4].ToBoolean());
    return status_value(info.Env(), status);
  });
}

Napi::Value WriterWrap::arm(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return Napi::Boolean::New(info.Env(), state().writer.arm(to_u64(info[0]), to_u64(info[1])));
  });
}

Napi::Value WriterWrap::disarm(const Napi::CallbackInfo& info) {
  state().writer.disarm();
  return info.Env().Undefined();
}

Napi::Value WriterWrap::flush(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    state().writer.flush();
    return info.Env().Undefined();
  });
}

Napi::Value WriterWrap::stranded(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), state().writer.stranded());
}

Napi::Value WriterWrap::add_wait(const Napi::CallbackInfo& info) {
  state().writer.add_wait(to_u64(info[0]));
  return info.Env().Undefined();
}

Napi::Value WriterWrap::free_bytes(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return Napi::Number::New(info.Env(), static_cast<double>(state().writer.free_bytes()));
  });
}

Napi::Value WriterWrap::slowest_reader(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  core::Attachment& arena = state().writer.arena();
  const auto index = arena.queue().slowest_reader();
  if (!index) return env.Undefined();
  const std::uint64_t position = arena.peers().slot(*index).position.load();
  const std::uint64_t end = arena.queue().tail();
  Napi::Array result = Napi::Array::New(env, 2);
  result[0u] = static_cast<double>(end > position ? end - position : 0);
  result[1u] = arena.peers().state(*index).pid;
  return result;
}

Napi::Value WriterWrap::close(const Napi::CallbackInfo& info) {
  if (!state_) return info.Env().Undefined();
  // Given up, the memory is somebody else's: nobody may write into it any more.
  for (auto& [id, opened] : state_->open) {
    const Napi::ArrayBuffer buffer = opened.buffer.Value();
    if (!buffer.IsEmpty()) detach(info.Env(), buffer);
  }
  state_->open.clear();
  state_->writer.close();
  // The mapping goes with the last that holds it, not with a garbage collection some time later.
  state_.reset();
  return info.Env().Undefined();
}

}  // namespace arena::binding
