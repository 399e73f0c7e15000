#pragma once

#include <napi.h>

#include <memory>
#include <mutex>
#include <vector>

namespace arena::video {

/// What keeps JavaScript memory in place, and what to call once nobody needs it.
struct HeldReferences {
  napi_ref bytes = nullptr;
  napi_ref on_release = nullptr;
};

/// Brings references back to the JavaScript thread that made them.
///
/// The last AVPacket over a lease may be dropped on one of libav's threads, where no Node-API call
/// is allowed. An environment has one queue, which outlives it.
class ReleaseQueue {
 public:
  static std::shared_ptr<ReleaseQueue> create(Napi::Env env);

  /// Any thread.
  void release(HeldReferences held);

  /// Releases what is queued, now. JavaScript thread only.
  void drain(Napi::Env env);

 private:
  static void on_wake(napi_env env, napi_value, void* context, void*);
  static void on_environment_end(void* self);

  std::mutex mutex_;
  std::vector<HeldReferences> pending_;
  napi_threadsafe_function wake_ = nullptr;
};

/// Keeps `bytes` from being collected; calls `on_release` (unless it is not a function) on the
/// JavaScript thread once the last copy of the pointer is gone, on whichever thread that happens.
std::shared_ptr<const void> hold_bytes(Napi::Env env, const std::shared_ptr<ReleaseQueue>& queue,
                                       Napi::Value bytes, Napi::Value on_release);

}  // namespace arena::video
