/// What one Node environment (the main thread or a worker) keeps of this addon.
#pragma once

#include <napi.h>

namespace arena::binding {

struct Instance {
  Napi::FunctionReference error_factory;
  Napi::FunctionReference attachment;
  Napi::FunctionReference writer;
  Napi::FunctionReference reader;
  /// False once the runtime has refused an ArrayBuffer over foreign memory (Electron does).
  bool external_buffers = true;
};

inline Instance& instance(Napi::Env env) { return *env.GetInstanceData<Instance>(); }

}  // namespace arena::binding
