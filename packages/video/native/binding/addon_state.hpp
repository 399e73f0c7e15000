#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <span>

#include "release_queue.hpp"

namespace arena::video {

/// What one environment (the main thread, or one worker) has of this addon.
struct AddonState {
  Napi::FunctionReference packets_class;
  std::shared_ptr<ReleaseQueue> releases;

  static AddonState& of(Napi::Env env) { return *env.GetInstanceData<AddonState>(); }
};

/// The memory of a Uint8Array; empty when it is detached.
inline std::span<std::uint8_t> bytes_of(const Napi::Value& value) {
  auto array = value.As<Napi::Uint8Array>();
  return {array.Data(), array.ByteLength()};
}

}  // namespace arena::video
