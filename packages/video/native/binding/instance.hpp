/// The state of this addon in one Node environment (the main thread or a worker).
#pragma once

#include <memory>

#include "addon_instance.hpp"
#include "release_queue.hpp"

namespace arena::video {

struct Instance : binding::AddonInstance {
  /// The class `Packets`.
  binding::Reference packets;
  std::shared_ptr<ReleaseQueue> releases;
};

inline Instance& instance(napi_env env) {
  return static_cast<Instance&>(binding::addon_instance(env));
}

}  // namespace arena::video
