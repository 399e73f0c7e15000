/// A Node-API call that fails.
#pragma once

#include <node_api.h>

namespace arena::binding {

/// Unwinds a call from JavaScript when Node-API refuses a request. Either an exception is pending,
/// or the environment is ending. worker.terminate(), resourceLimits and process.exit() end it at
/// any moment, and an ending environment refuses every request that could run JavaScript.
///
/// This is intentional: no JavaScript error is made here. An ending environment refuses to make
/// errors as well. node-addon-api tries to make one, and then ends the whole process.
struct Refused {
  napi_status status;
};

inline void check(napi_status status) {
  if (status != napi_ok) [[unlikely]]
    throw Refused{status};
}

}  // namespace arena::binding
