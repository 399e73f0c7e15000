/// A snapshot for JavaScript.
#pragma once

#include "native_class.hpp"
#include "snapshot.hpp"

namespace arena::binding {

/// The snapshot as `NativeSnapshot` of native.ts, with what the kernel says of each peer's process.
napi_value snapshot_value(napi_env env, const core::Snapshot& found);

/// (path, reachedBy) => snapshot of the arena in that file
napi_value inspect(const Call& call);

}  // namespace arena::binding
