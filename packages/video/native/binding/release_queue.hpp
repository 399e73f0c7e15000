#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "reference.hpp"

namespace arena::video {

/// Keeps JavaScript memory in place for libav, and says on the JavaScript thread when that has let
/// go of it.
///
/// The last AVPacket over a lease may be dropped on one of libav's threads, where no Node-API call
/// is allowed. An environment has one queue; packets may outlive both.
class ReleaseQueue : public std::enable_shared_from_this<ReleaseQueue> {
 public:
  static std::shared_ptr<ReleaseQueue> create(napi_env env);

  /// Keeps `bytes` from being collected; calls `on_release` (unless it is undefined) on the
  /// JavaScript thread once the last copy of the pointer is gone, on whichever thread that happens.
  std::shared_ptr<const void> hold(napi_env env, napi_value bytes, napi_value on_release);

  /// Makes the calls that are due. Each is made, whatever the ones before it throw; the first
  /// exception is then thrown on. JavaScript thread only.
  void drain(napi_env env);
  /// The same from the event loop: what is thrown is an uncaught error.
  void drain_from_loop(napi_env env) noexcept;

 private:
  struct Held {
    binding::Reference bytes;
    binding::Reference on_release;
  };
  struct Holder;

  /// Any thread.
  void release(std::uint64_t id) noexcept;
  std::vector<Held> take_released();
  /// The environment ends: lets go of everything, and calls nobody.
  void end();

  std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, Held> held_;
  std::vector<std::uint64_t> released_;
  /// Null once the environment has ended: its references went with it.
  napi_threadsafe_function wake_ = nullptr;
};

}  // namespace arena::video
