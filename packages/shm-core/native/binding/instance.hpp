/// What one Node environment (the main thread or a worker) keeps of this addon.
#pragma once

#include "reference.hpp"

namespace arena::binding {

struct Instance {
  Reference error_factory;
  Reference attachment;
  Reference writer;
  Reference reader;
  /// False once the runtime has refused an ArrayBuffer over foreign memory (Electron does).
  bool external_buffers = true;
};

inline Instance& instance(napi_env env) {
  void* data = nullptr;
  check(napi_get_instance_data(env, &data));
  if (data == nullptr) throw Refused{napi_generic_failure};
  return *static_cast<Instance*>(data);
}

}  // namespace arena::binding
