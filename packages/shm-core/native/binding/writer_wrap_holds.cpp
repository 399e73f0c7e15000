#include "instance.hpp"
#include "marshal.hpp"
#include "writer_wrap.hpp"

namespace arena::binding {

napi_value WriterWrap::hold(const Call& call) {
  const auto found = state().open.find(to_u32(call.env, call[0]));
  if (found == state_->open.end() || found->second.kept) {
    throw core::ArenaFailure("ERR_ARENA_UNIT_ENDED", "the unit has ended. Acquire another.");
  }
  state_->hold(found->second);
  ++results_.numbers().holds;
  return to_js(call.env, found->second.backing == nullptr);
}

napi_value WriterWrap::unhold(const Call& call) {
  WriterState* const state = any_state();
  if (state == nullptr) return nullptr;
  state->unhold(to_u32(call.env, call[0]));
  --results_.numbers().holds;
  if (state->held == 0) closed_state_.reset();
  return nullptr;
}

napi_value WriterWrap::is_held(const Call& call) {
  const auto found = state().open.find(to_u32(call.env, call[0]));
  return to_js(call.env, found != state_->open.end() && found->second.holds > 0);
}

/// Also finds units that have ended: JavaScript can still name their memory if it has moved it.
std::optional<std::uint32_t> WriterWrap::hold_unit_at(std::span<const std::byte> bytes) {
  if (!state_) return {};
  for (auto& [id, opened] : state_->open) {
    if (!opened.contains(bytes)) continue;
    state_->hold(opened);
    ++results_.numbers().holds;
    return id;
  }
  return {};
}

napi_value WriterWrap::hold_unit_of(const Call& call) {
  const Bytes bytes = bytes_of(call.env, call[0]);
  if (bytes.size == 0) return nullptr;
  for (WriterWrap* const writer : instance(call.env).writers->writers()) {
    // Null when the object is being collected.
    const napi_value self = writer->self_.value();
    if (self == nullptr) continue;
    const auto id = writer->hold_unit_at({bytes.data, bytes.size});
    if (!id) continue;
    List result(call.env);
    result.add(self);
    result.add(*id);
    return result.value();
  }
  return nullptr;
}

}  // namespace arena::binding
