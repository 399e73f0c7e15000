#include "writer_state.hpp"

#include <utility>

#include "array_buffers.hpp"
#include "thread_end.hpp"

namespace arena::binding {

WriterState::~WriterState() {
  for (auto& [id, opened] : open) discard(opened);
}

std::uint32_t WriterState::new_id() {
  // After 2^32 units the numbers begin again. Numbers of open units are skipped.
  do {
    ++last_id;
  } while (last_id == 0 || open.contains(last_id));
  return last_id;
}

napi_value WriterState::Opened::buffer() const noexcept {
  return backing != nullptr ? backing->buffer() : own_buffer.value();
}

bool WriterState::Opened::contains(std::span<const std::byte> bytes) const noexcept {
  // Compare numbers: the order of pointers into different arrays is not defined.
  const auto first = reinterpret_cast<std::uintptr_t>(memory.data());
  const auto from = reinterpret_cast<std::uintptr_t>(bytes.data());
  return from >= first && bytes.size() <= memory.size() &&
         from - first <= memory.size() - bytes.size();
}

void WriterState::end(Place unit) noexcept {
  if (unit->second.backing != nullptr) unit->second.backing->untrack();
  open.erase(unit);
}

void WriterState::keep(Opened& opened) noexcept {
  if (std::exchange(opened.kept, true)) return;
  // Private memory stays by itself, and its unit's place is free at once.
  opened.copied ? writer.abort(opened.unit) : writer.keep_open();
}

void WriterState::discard(Opened& opened) noexcept {
  if (!opened.kept) return writer.abort(opened.unit);
  if (!opened.copied) writer.give_up(opened.unit);
}

void WriterState::abort(std::uint32_t id, bool seen) {
  const auto found = open.find(id);
  if (found == open.end()) return;
  Opened& opened = found->second;
  opened.seen = seen && !opened.copied;
  if (opened.seen) return keep(opened);
  if (opened.holds == 0) {
    discard(opened);
    return end(found);
  }
  if (opened.backing != nullptr) opened.backing->untrack();
  keep(opened);
}

void WriterState::unseen(std::uint32_t id) {
  const auto found = open.find(id);
  if (found == open.end()) return;
  Opened& opened = found->second;
  opened.seen = false;
  opened.backing = nullptr;
  if (opened.holds > 0) return keep(opened);
  discard(opened);
  open.erase(found);
}

void WriterState::hold(Opened& opened) noexcept {
  if (opened.holds++ == 0) ++held;
}

void WriterState::unhold(std::uint32_t id) {
  const auto found = open.find(id);
  if (found == open.end() || found->second.holds == 0) return;
  Opened& opened = found->second;
  if (--opened.holds > 0) return;
  --held;
  if (!opened.kept || opened.seen) return;
  discard(opened);
  end(found);
}

void WriterState::keep_for_ever(std::uint32_t id) {
  const auto found = open.find(id);
  if (found == open.end()) return;
  if (found->second.holds > 0) --held;
  keep(found->second);
  keep_until_process_ends(writer.arena().shared_region());
  open.erase(found);
}

}  // namespace arena::binding
