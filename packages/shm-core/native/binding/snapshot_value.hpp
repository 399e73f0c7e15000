/// A snapshot for JavaScript.
#pragma once

#include "native_class.hpp"
#include "snapshot.hpp"

namespace arena::binding {

/// The snapshot as `ArenaSnapshot` of the TypeScript side. On request, it has the kernel's facts
/// about the process of each peer.
napi_value snapshot_value(napi_env env, const core::Snapshot& found, bool processes);

/// (path, reachedBy) => snapshot of the arena in that file
napi_value inspect(const Call& call);

}  // namespace arena::binding
