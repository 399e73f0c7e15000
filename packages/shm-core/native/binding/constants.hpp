/// The core's enumerations and limits, for JavaScript.
#pragma once

#include <node_api.h>

namespace arena::binding {

/// { status, kind, whenFull, from, limits }, each with its names and numbers.
napi_value constants_value(napi_env env);

}  // namespace arena::binding
