#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "reference.hpp"

namespace arena::video {

/// Keeps JavaScript memory in place for libav, and reports on the JavaScript thread when libav no
/// longer uses that memory.
///
/// The last AVPacket over a lease may be dropped on one of libav's threads, where no Node-API call
/// is allowed. An environment has one queue. Packets may live longer than the queue and the
/// environment.
class ReleaseQueue : public std::enable_shared_from_this<ReleaseQueue> {
 public:
  static std::shared_ptr<ReleaseQueue> create(napi_env env);

  /// Keeps `bytes` from being collected. Once the last copy of the pointer is gone, on any thread,
  /// `on_release` is called on the JavaScript thread, unless it is undefined.
  std::shared_ptr<const void> hold(napi_env env, napi_value bytes, napi_value on_release);

  /// Makes all calls that are due, also when some of them throw, and then throws the first
  /// exception. JavaScript thread only.
  void drain(napi_env env);
  /// The same from the event loop: an exception becomes an uncaught error.
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
  /// Call this when the environment ends. Frees everything and makes no call.
  void end();

  std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, Held> held_;
  std::vector<std::uint64_t> released_;
  /// Null once the environment has ended and its references are freed.
  napi_threadsafe_function wake_ = nullptr;
};

}  // namespace arena::video
