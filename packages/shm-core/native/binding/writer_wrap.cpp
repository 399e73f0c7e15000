#include "writer_wrap.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "attachment_wrap.hpp"
#include "held_up.hpp"
#include "instance.hpp"
#include "marshal.hpp"
#include "thread_end.hpp"
#include "undo.hpp"

namespace arena::binding {
namespace {

/// The most elements that one call of tryWriteMany converts. Of a long list only a few may fit.
constexpr std::size_t kUnitsPerCall = 256;

/// Gives the unit up when no buffer shows its memory any more, if it has not ended before.
class UnitBacking final : public Backing {
 public:
  UnitBacking(std::shared_ptr<WriterState> state, std::uint32_t id)
      : state_(std::move(state)), id_(id) {}
  ~UnitBacking() override {
    if (!state_) return;
    outlived() ? state_->keep_for_ever(id_) : state_->unseen(id_);
  }
  void abandon() noexcept override { state_.reset(); }

 private:
  std::shared_ptr<WriterState> state_;
  std::uint32_t id_;
};

/// The same for a unit that is filled in private memory. That memory is reused when no buffer shows
/// it any more, and native code has ended its holds.
class HeldBacking final : public Backing {
 public:
  HeldBacking(std::shared_ptr<WriterState> state, std::uint32_t id, std::size_t size)
      : state_(std::move(state)),
        id_(id),
        memory_(std::make_shared<UnitMemory>(state_->buffers, size)) {}
  ~HeldBacking() override {
    if (!state_) return;
    if (outlived()) memory_->lose();
    state_->unseen(id_);
  }
  void abandon() noexcept override {
    memory_.reset();
    state_.reset();
  }
  const std::shared_ptr<UnitMemory>& memory() const noexcept { return memory_; }

 private:
  std::shared_ptr<WriterState> state_;
  std::uint32_t id_;
  std::shared_ptr<UnitMemory> memory_;
};

/// The same for a unit whose ArrayBuffer is JavaScript's own. It keeps no mapping.
struct DroppedUnit {
  std::weak_ptr<WriterState> state;
  std::uint32_t id;

  static void finalize(napi_env, void* data, void*) {
    auto* dropped = static_cast<DroppedUnit*>(data);
    if (const auto state = dropped->state.lock()) state->unseen(dropped->id);
    delete dropped;
  }
};

/// The bytes of an element of a list of units. Nothing when the element is no Uint8Array any more,
/// or when its buffer was transferred away.
std::optional<Bytes> unit_of(napi_env env, napi_value element) {
  napi_typedarray_type type = napi_int8_array;
  void* data = nullptr;
  std::size_t length = 0;
  napi_value buffer = nullptr;
  const napi_status status =
      napi_get_typedarray_info(env, element, &type, &length, &data, &buffer, nullptr);
  if (status != napi_ok || type != napi_uint8_array) return std::nullopt;
  if (length > 0) return Bytes{static_cast<std::byte*>(data), length};
  bool can_move = false;
  check(napi_is_arraybuffer(env, buffer, &can_move));
  if (can_move && is_detached(env, buffer)) return std::nullopt;
  return Bytes{};
}

/// Of an array, or of a Proxy of an array.
std::uint32_t length_of(napi_env env, napi_value list) {
  std::uint32_t length = 0;
  if (napi_get_array_length(env, list, &length) == napi_ok) return length;
  napi_value property = nullptr;
  check(napi_get_named_property(env, list, "length", &property));
  return to_u32(env, property);
}

/// Finds the bytes of the elements from `first` on, and returns their number. Stops at an element
/// that is no unit: while a call of writeMany waits, the program may change its list.
std::size_t units_from(napi_env env, napi_value list, std::uint32_t first,
                       std::span<std::span<const std::byte>> units) {
  const std::uint32_t length = length_of(env, list);
  const std::size_t most = std::min<std::size_t>(length - std::min(first, length), units.size());
  // Get all elements before the bytes of any: a getter in the list may free the bytes of another.
  std::array<napi_value, kUnitsPerCall> elements;
  for (std::uint32_t i = 0; i < most; ++i) {
    check(napi_get_element(env, list, first + i, &elements[i]));
  }
  for (std::size_t i = 0; i < most; ++i) {
    const std::optional<Bytes> unit = unit_of(env, elements[i]);
    if (!unit) return i;
    units[i] = {unit->data, unit->size};
  }
  return most;
}

}  // namespace

void WriterWrap::define(napi_env env) {
  using W = WriterWrap;
  const napi_value defined = define_class<W>(env, "Writer",
                                             {method<&W::try_acquire>("tryAcquire"),
                                              method<&W::try_write>("tryWrite"),
                                              method<&W::try_write_many>("tryWriteMany"),
                                              method<&W::reopen>("reopen"),
                                              method<&W::commit>("commit"),
                                              method<&W::abort>("abort"),
                                              method<&W::hold>("hold"),
                                              method<&W::unhold>("unhold"),
                                              method<&W::is_held>("isHeld"),
                                              method<&W::wait>("wait"),
                                              method<&W::arm>("arm"),
                                              method<&W::disarm>("disarm"),
                                              method<&W::flush>("flush"),
                                              method<&W::stranded>("stranded"),
                                              method<&W::add_wait>("addWait"),
                                              method<&W::free_room>("freeRoom"),
                                              method<&W::slowest_reader>("slowestReader"),
                                              method<&W::end_wait>("endWait"),
                                              method<&W::held_up_by>("heldUpBy"),
                                              method<&W::close>("close")});
  instance(env).writer = Reference::strong(env, defined);
}

WriterWrap::WriterWrap(const Call& call)
    : directory_(instance(call.env).writers),
      turns_(instance(call.env).turns),
      results_(instance(call.env).results) {
  const auto arena = unwrap<AttachmentWrap>(call.env, call[0]).shared_arena();
  self_ = Reference::weak(call.env, call.self());
  state_ = std::make_shared<WriterState>(arena, to_bool(call.env, call[1]));
  directory_->add(*this);
}

WriterWrap::~WriterWrap() { directory_->remove(*this); }

WriterState& WriterWrap::state() const {
  if (state_) return *state_;
  throw core::ArenaFailure("ERR_ARENA_CLOSED",
                           "the writer is closed. Open another with arena.writer().");
}

napi_value WriterWrap::try_acquire(const Call& call) {
  const napi_env env = call.env;
  turns_.due();
  const std::uint64_t byte_length = to_u64(env, call[0]);
  core::OpenUnit unit;
  const core::Status status =
      byte_length > instance(env).max_view_bytes
          ? core::Status::too_large
          : state().writer.try_acquire(byte_length, envelope_of(env, call[1]), unit);
  results_.set_status(status);
  if (status != core::Status::ok) return nullptr;
  core::Undo unopened([&] { state_->writer.abort(unit); });
  const std::uint32_t id = state_->new_id();
  state_->open.emplace(
      id, WriterState::Opened{.unit = unit, .memory = {}, .own_memory = {}, .own_buffer = {}});
  unopened.forget();
  core::Undo unseen([&] { state_->unseen(id); });
  const napi_value buffer = show(env, id);
  unseen.forget();
  return buffer;
}

/// Makes the buffer that the caller fills.
napi_value WriterWrap::show(napi_env env, std::uint32_t id) {
  WriterState::Opened& opened = state_->open.at(id);
  napi_value buffer = nullptr;
  if (opened.unit.byte_length > 0) buffer = external_buffer(env, id, opened);
  if (buffer == nullptr) buffer = own_buffer(env, id, opened);
  results_.numbers().id = id;
  results_.numbers().copied = opened.copied;
  return buffer;
}

/// A buffer over the unit's memory, or over reused private memory for a unit that is held. Null
/// when the runtime refuses it.
napi_value WriterWrap::external_buffer(napi_env env, std::uint32_t id,
                                       WriterState::Opened& opened) {
  const core::OpenUnit& unit = opened.unit;
  std::unique_ptr<Backing> backing;
  std::byte* data = unit.bytes;
  if (unit.held) {
    auto held = std::make_unique<HeldBacking>(state_, id, unit.byte_length);
    opened.own_memory = held->memory();
    data = opened.own_memory->data();
    backing = std::move(held);
  } else {
    backing = std::make_unique<UnitBacking>(state_, id);
  }
  opened.copied = unit.held;
  opened.backing = backing.get();
  opened.memory = {data, unit.byte_length};
  const napi_value buffer =
      external_array_buffer(env, data, unit.byte_length, backing, Track::always);
  if (buffer == nullptr) {
    opened.backing = nullptr;
    opened.memory = {};
    opened.own_memory.reset();
    // The unit stays open. This backing must not end it.
    backing->abandon();
  }
  return buffer;
}

napi_value WriterWrap::own_buffer(napi_env env, std::uint32_t id, WriterState::Opened& opened) {
  std::byte* ignored = nullptr;
  const napi_value buffer = new_array_buffer(env, opened.unit.byte_length, ignored);
  auto dropped = std::make_unique<DroppedUnit>(DroppedUnit{state_, id});
  check(napi_add_finalizer(env, buffer, dropped.get(), DroppedUnit::finalize, nullptr, nullptr));
  (void)dropped.release();
  opened.own_buffer = Reference::weak(env, buffer);
  opened.copied = true;
  return buffer;
}

napi_value WriterWrap::reopen(const Call& call) {
  // The unit gets a new number, so that the end of its last buffer does not end the unit.
  auto entry = state().open.extract(to_u32(call.env, call[0]));
  results_.set_status(entry.empty() ? core::Status::closed : core::Status::ok);
  if (entry.empty()) return nullptr;
  const std::uint32_t id = state_->new_id();
  entry.key() = id;
  state_->open.insert(std::move(entry));
  core::Undo unseen([&] { state_->unseen(id); });
  const napi_value buffer = show(call.env, id);
  unseen.forget();
  return buffer;
}

napi_value WriterWrap::try_write(const Call& call) {
  const napi_env env = call.env;
  turns_.due();
  const Bytes bytes = bytes_of(env, call[0]);
  return to_js(env, state().writer.try_write({bytes.data, bytes.size}, envelope_of(env, call[1]),
                                             to_u64(env, call[2])));
}

napi_value WriterWrap::try_write_many(const Call& call) {
  const napi_env env = call.env;
  std::array<std::span<const std::byte>, kUnitsPerCall> units;
  const std::size_t count = units_from(env, call[0], to_u32(env, call[1]), units);
  const bool fair = to_bool(env, call[3]);
  turns_.due();
  std::size_t written = 0;
  const core::Status status =
      state().writer.try_write_many(std::span(units).first(count), to_u64(env, call[2]), written,
                                    [&] { return turns_.due() && fair; });
  results_.numbers().count = static_cast<double>(written);
  return to_js(env, status);
}

napi_value WriterWrap::commit(const Call& call) {
  const auto found = state().open.find(to_u32(call.env, call[0]));
  if (found == state_->open.end() || found->second.kept) {
    return to_js(call.env, core::Status::closed);
  }
  core::OpenUnit& unit = found->second.unit;
  const std::uint64_t byte_length = to_u64(call.env, call[1]);
  core::Status status;
  if (found->second.copied) {
    const Bytes filled = bytes_of_buffer(call.env, call[2]);
    const std::size_t size = std::min<std::size_t>(byte_length, filled.size);
    status = state_->writer.commit_copy(unit, {filled.data, size});
  } else {
    status = state_->writer.commit(unit, byte_length);
  }
  if (status == core::Status::ok || status == core::Status::unit_ended) state_->end(found);
  return to_js(call.env, status);
}

napi_value WriterWrap::abort(const Call& call) {
  if (state_) state_->abort(to_u32(call.env, call[0]), !to_bool(call.env, call[1]));
  return nullptr;
}

napi_value WriterWrap::wait(const Call& call) {
  const napi_env env = call.env;
  core::Writer& writer = state().writer;
  const core::Placement placement =
      writer.placement(to_u64(env, call[0]), to_u64(env, call[1]), to_u64(env, call[2]));
  return to_js(env, writer.wait(placement, to_deadline(env, call[3]), to_spin(env, call[4]),
                                to_bool(env, call[5])));
}

napi_value WriterWrap::arm(const Call& call) {
  const napi_env env = call.env;
  core::Writer& writer = state().writer;
  const bool ready = writer.arm(
      writer.placement(to_u64(env, call[0]), to_u64(env, call[1]), to_u64(env, call[2])));
  return to_js(env, ready ? core::Status::ok : core::Status::full);
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

napi_value WriterWrap::free_room(const Call& call) {
  const core::FreeRoom room = state().writer.free_room();
  List result(call.env);
  result.add(room.segments);
  result.add(room.bytes);
  result.add(room.records);
  return result.value();
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

napi_value WriterWrap::end_wait(const Call&) {
  if (state_) state_->writer.end_wait();
  return nullptr;
}

napi_value WriterWrap::held_up_by(const Call& call) {
  core::Writer& writer = state().writer;
  return held_up_value(call.env, writer.arena(), writer.held_up_by());
}

napi_value WriterWrap::close(const Call& call) {
  if (!state_) return nullptr;
  std::vector<std::uint32_t> ids;
  for (const auto& [id, opened] : state_->open) ids.push_back(id);
  for (const std::uint32_t id : ids) give_up(call.env, id);
  state_->writer.close();
  // Free the mapping now, and not at some garbage collection later.
  if (state_->held > 0) closed_state_ = state_;
  state_.reset();
  return nullptr;
}

/// Empties the unit's buffer before the memory can become another unit's.
void WriterWrap::give_up(napi_env env, std::uint32_t id) {
  const WriterState::Opened& opened = state_->open.at(id);
  const napi_value buffer = opened.buffer();
  // Emptying the buffer would free JavaScript's own memory while native code writes to it.
  const bool pinned = opened.backing == nullptr && opened.holds > 0;
  state_->abort(id, pinned || buffer == nullptr || !empty(env, buffer));
}

}  // namespace arena::binding
