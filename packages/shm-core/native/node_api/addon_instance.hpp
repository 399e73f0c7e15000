/// An addon's data for one Node environment: the main thread, or a worker.
#pragma once

#include <memory>

#include "reference.hpp"

namespace arena::binding {

struct AddonInstance {
  virtual ~AddonInstance() = default;
  /// The function `(code, message) => Error` that makes the contract's errors.
  Reference error_factory;
};

/// Gives the environment its instance, which lives until the environment has ended.
inline void keep_instance(napi_env env, std::unique_ptr<AddonInstance> made) {
  const auto destroy = [](napi_env, void* data, void*) {
    delete static_cast<AddonInstance*>(data);
  };
  check(napi_set_instance_data(env, made.get(), destroy, nullptr));
  (void)made.release();
}

inline AddonInstance& addon_instance(napi_env env) {
  void* data = nullptr;
  check(napi_get_instance_data(env, &data));
  if (data == nullptr) throw Refused{napi_generic_failure};
  return *static_cast<AddonInstance*>(data);
}

}  // namespace arena::binding
