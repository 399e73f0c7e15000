/// The open unit that a peer waits for, as error messages need it.
#pragma once

#include <optional>

#include "attachment.hpp"
#include "values.hpp"

namespace arena::binding {

/// [pid of its writer, milliseconds for which it has been open | -1], or undefined.
inline napi_value held_up_value(napi_env env, core::Attachment& arena,
                                const std::optional<core::UnendedRecord>& unended) {
  if (!unended || unended->owner >= arena.peers().count()) return nullptr;
  List result(env);
  result.add(arena.peers().state(unended->owner).pid);
  result.add(unended->open_ms ? static_cast<double>(*unended->open_ms) : -1.0);
  return result.value();
}

}  // namespace arena::binding
