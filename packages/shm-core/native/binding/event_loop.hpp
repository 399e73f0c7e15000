/// Watches an attachment's descriptors in its environment's event loop.
#pragma once

#include <node_api.h>
#include <uv.h>

#include <functional>
#include <memory>

namespace arena::binding {

/// Two descriptors, polled for reading, and a timer. Closed with the environment, or before.
class LoopWatch {
 public:
  LoopWatch(napi_env env, int doorbell_fd, int monitor_fd, std::function<void()> on_doorbell,
            std::function<void()> on_monitor, std::function<void()> on_time);
  /// Closes. libuv frees the handles in its close callbacks.
  ~LoopWatch();
  LoopWatch(const LoopWatch&) = delete;
  LoopWatch& operator=(const LoopWatch&) = delete;

  /// Whether the doorbell keeps the event loop alive. The monitor never does.
  void ref(bool alive);
  /// Calls `on_time` after this time, unless the doorbell rings before.
  void call_within(std::uint64_t milliseconds);

 private:
  struct Handles;
  std::shared_ptr<Handles> handles_;
};

}  // namespace arena::binding
