#include "writer_wrap.hpp"

#include <algorithm>

#include "attachment_wrap.hpp"
#include "held_up.hpp"
#include "instance.hpp"
#include "undo.hpp"
#include "values.hpp"

namespace arena::binding {
namespace {

/// Gives up a unit whose ArrayBuffer was collected before it was committed or aborted.
class UnitBacking final : public Backing {
 public:
  UnitBacking(std::shared_ptr<WriterState> state, std::uint32_t id)
      : state_(std::move(state)), id_(id) {}
  ~UnitBacking() override {
    if (state_) state_->abort(id_);
  }
  void abandon() noexcept override { state_.reset(); }

 private:
  std::shared_ptr<WriterState> state_;
  std::uint32_t id_;
};

/// The same for a unit that is held. Its memory serves the next one once no buffer shows it any
/// more, wherever the caller has moved it.
class HeldBacking final : public Backing {
 public:
  HeldBacking(std::shared_ptr<WriterState> state, std::uint32_t id, std::size_t size)
      : state_(std::move(state)), id_(id), memory_(state_->buffers.take(size)) {}
  ~HeldBacking() override {
    if (!state_) return;
    state_->abort(id_);
    state_->buffers.give_back(memory_);
  }
  void abandon() noexcept override { state_.reset(); }
  /// Its unit lives on elsewhere.
  void forget_unit() noexcept { id_ = 0; }
  std::byte* data() const noexcept { return memory_.data; }

 private:
  std::shared_ptr<WriterState> state_;
  std::uint32_t id_;
  core::PrivateBuffer memory_;
};

/// The same for a unit whose ArrayBuffer is private memory: it keeps no mapping.
struct DroppedUnit {
  std::weak_ptr<WriterState> state;
  std::uint32_t id;

  static void finalize(napi_env, void* data, void*) {
    auto* dropped = static_cast<DroppedUnit*>(data);
    if (const auto state = dropped->state.lock()) state->abort(dropped->id);
    delete dropped;
  }
};

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

void WriterWrap::define(napi_env env) {
  using W = WriterWrap;
  const napi_value defined = define_class<W>(
      env, "Writer",
      {method<&W::try_acquire>("tryAcquire"), method<&W::try_write>("tryWrite"),
       method<&W::try_write_many>("tryWriteMany"), method<&W::commit>("commit"),
       method<&W::abort>("abort"), method<&W::wait>("wait"), method<&W::arm>("arm"),
       method<&W::disarm>("disarm"), method<&W::flush>("flush"), method<&W::stranded>("stranded"),
       method<&W::add_wait>("addWait"), method<&W::free_bytes>("freeBytes"),
       method<&W::slowest_reader>("slowestReader"), method<&W::held_up_by>("heldUpBy"),
       method<&W::close>("close")});
  instance(env).writer = Reference::strong(env, defined);
}

WriterWrap::WriterWrap(const Call& call) {
  const auto arena = unwrap<AttachmentWrap>(call.env, call[0]).shared_arena();
  std::byte* element = nullptr;
  napi_value opened = nullptr;
  const napi_value buffer = new_array_buffer(call.env, sizeof(std::uint32_t), element);
  check(napi_create_typedarray(call.env, napi_uint32_array, 1, buffer, 0, &opened));
  define_constant(call.env, call.self(), "opened", opened);
  opened_ = reinterpret_cast<std::uint32_t*>(element);
  state_ = std::make_shared<WriterState>(arena, to_bool(call.env, call[1]));
}

WriterState& WriterWrap::state() const {
  if (state_) return *state_;
  throw core::ArenaFailure("ERR_ARENA_CLOSED",
                           "the writer is closed. Open another with arena.writer().");
}

napi_value WriterWrap::try_acquire(const Call& call) {
  const napi_env env = call.env;
  core::OpenUnit unit;
  const core::Status status =
      state().writer.try_acquire(to_u64(env, call[0]), envelope_of(env, call[1]), unit);
  if (status != core::Status::ok) return to_js(env, status);
  Undo unopened([&] { state_->writer.abort(unit); });
  const std::uint32_t id = state_->new_id();
  auto& opened = state_->open.emplace(id, WriterState::Opened{unit, {}}).first->second;
  unopened.forget();
  // By its id from here on: the backing of a buffer that cannot be made gives it up as well.
  Undo unseen([&] { state_->abort(id); });
  const napi_value buffer = buffer_for(env, unit, id);
  opened.buffer = Reference::weak(env, buffer);
  unseen.forget();
  *opened_ = id;
  return buffer;
}

/// A window into the unit's memory, or where there is none or the runtime refuses it, private
/// memory.
napi_value WriterWrap::buffer_for(napi_env env, const core::OpenUnit& unit, std::uint32_t id) {
  if (unit.held && unit.byte_length > 0) {
    const napi_value buffer = held_buffer(env, unit, id);
    if (buffer != nullptr) return buffer;
  } else if (unit.byte_length > 0) {
    std::unique_ptr<Backing> backing = std::make_unique<UnitBacking>(state_, id);
    const napi_value window = external_array_buffer(env, unit.bytes, unit.byte_length, backing);
    if (window != nullptr) return window;
    // Refused: the unit lives on, and its backing must not abort it.
    static_cast<UnitBacking&>(*backing).abandon();
  }
  std::byte* ignored = nullptr;
  const napi_value buffer = new_array_buffer(env, unit.byte_length, ignored);
  auto dropped = std::make_unique<DroppedUnit>(DroppedUnit{state_, id});
  check(napi_add_finalizer(env, buffer, dropped.get(), DroppedUnit::finalize, nullptr, nullptr));
  (void)dropped.release();
  return buffer;
}

/// Reused private memory, which begins on a page; null where the runtime refuses it.
napi_value WriterWrap::held_buffer(napi_env env, const core::OpenUnit& unit, std::uint32_t id) {
  auto held = std::make_unique<HeldBacking>(state_, id, unit.byte_length);
  HeldBacking& memory = *held;
  std::unique_ptr<Backing> backing = std::move(held);
  const napi_value buffer = external_array_buffer(env, memory.data(), unit.byte_length, backing);
  if (buffer == nullptr) memory.forget_unit();
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
  status = writer.commit_copy(unit, {bytes.data, bytes.size});
  if (status == core::Status::ok) unwritten.forget();
  return status;
}

napi_value WriterWrap::try_write(const Call& call) {
  const napi_env env = call.env;
  return to_js(
      env, write(bytes_of(env, call[0]), envelope_of(env, call[1]), to_bool(env, call[2]), true));
}

napi_value WriterWrap::try_write_many(const Call& call) {
  const napi_env env = call.env;
  std::uint32_t length = 0;
  check(napi_get_array_length(env, call[0], &length));
  const std::uint32_t first = to_u32(env, call[1]);
  const std::uint64_t inline_bytes = to_u64(env, call[2]);
  core::Status status = core::Status::ok;
  std::uint32_t at = first;
  for (; at < length; ++at) {
    // A scope each: a long list would pile up handles.
    const HandleScope scope(env);
    napi_value element = nullptr;
    check(napi_get_element(env, call[0], at, &element));
    const Bytes bytes = bytes_of(env, element);
    status = write(bytes, {}, bytes.size <= inline_bytes, false);
    if (status != core::Status::ok) break;
  }
  if (at > first) state_->writer.notify_commit();
  if (at == first && status != core::Status::ok) {
    return to_js(env, -1 - static_cast<std::int32_t>(status));
  }
  return to_js(env, at);
}

napi_value WriterWrap::commit(const Call& call) {
  const auto found = state().open.find(to_u32(call.env, call[0]));
  if (found == state_->open.end()) return to_js(call.env, core::Status::closed);
  core::OpenUnit& unit = found->second.unit;
  const Bytes filled = bytes_of_buffer(call.env, call[2]);
  const core::Status status = publish(unit, filled, to_u64(call.env, call[1]));
  if (status == core::Status::ok || status == core::Status::unit_ended) {
    state_->open.erase(found);
    detach(call.env, call[2]);
  }
  return to_js(call.env, status);
}

core::Status WriterWrap::publish(core::OpenUnit& unit, const Bytes& filled,
                                 std::uint64_t byte_length) {
  if (!unit.held && filled.data == unit.bytes) return state_->writer.commit(unit, byte_length);
  const std::size_t size = std::min<std::size_t>(byte_length, filled.size);
  return state_->writer.commit_copy(unit, {filled.data, size});
}

napi_value WriterWrap::abort(const Call& call) {
  if (state_) state_->abort(to_u32(call.env, call[0]));
  detach(call.env, call[1]);
  return nullptr;
}

napi_value WriterWrap::wait(const Call& call) {
  const napi_env env = call.env;
  return to_js(env, state().writer.wait(to_u64(env, call[0]), to_u64(env, call[1]),
                                        to_deadline(env, call[2]), to_spin(env, call[3]),
                                        to_bool(env, call[4])));
}

napi_value WriterWrap::arm(const Call& call) {
  const napi_env env = call.env;
  return to_js(env, state().writer.arm(to_u64(env, call[0]), to_u64(env, call[1])));
}

napi_value WriterWrap::disarm(const Call&) {
  state().writer.disarm();
  return nullptr;
}

napi_value WriterWrap::flush(const Call&) {
  state().writer.flush();
  return nullptr;
}

napi_value WriterWrap::stranded(const Call& call) {
  return to_js(call.env, state().writer.stranded());
}

napi_value WriterWrap::add_wait(const Call& call) {
  state().writer.add_wait(to_u64(call.env, call[0]));
  return nullptr;
}

napi_value WriterWrap::free_bytes(const Call& call) {
  return to_js(call.env, state().writer.free_bytes());
}

napi_value WriterWrap::slowest_reader(const Call& call) {
  core::Attachment& arena = state().writer.arena();
  const auto index = arena.queue().slowest_reader();
  if (!index) return nullptr;
  const std::uint64_t position = arena.peers().slot(*index).position.load();
  const std::uint64_t end = arena.queue().tail();
  List result(call.env);
  result.add(end > position ? end - position : 0);
  result.add(arena.peers().state(*index).pid);
  return result.value();
}

napi_value WriterWrap::held_up_by(const Call& call) {
  core::Writer& writer = state().writer;
  return held_up_value(call.env, writer.arena(), writer.held_up_by());
}

napi_value WriterWrap::close(const Call& call) {
  if (!state_) return nullptr;
  // Given up, the memory is somebody else's: nobody may write into it any more.
  for (auto& [id, opened] : state_->open) {
    const napi_value buffer = opened.buffer.value();
    if (buffer != nullptr) detach(call.env, buffer);
  }
  state_->open.clear();
  state_->writer.close();
  // The mapping goes with the last that holds it, not with a garbage collection some time later.
  state_.reset();
  return nullptr;
}

}  // namespace arena::binding
