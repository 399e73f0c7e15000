/// What becomes of a Node-API call that fails.
#pragma once

#include <node_api.h>

namespace arena::binding {

/// Unwinds a call from JavaScript when Node-API refuses what it asks for. Either an exception is
/// pending, or the environment is ending: from any moment on, worker.terminate(), resourceLimits or
/// process.exit() make it refuse everything that could run JavaScript.
///
/// This is intentional: no JavaScript error is made here. An ending environment refuses to make
/// errors as well, and node-addon-api, which tries to, ends the whole process then.
struct Refused {
  napi_status status;
};

inline void check(napi_status status) {
  if (status != napi_ok) [[unlikely]]
    throw Refused{status};
}

}  // namespace arena::binding
