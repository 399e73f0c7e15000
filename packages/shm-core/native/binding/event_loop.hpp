/// Watches an attachment's descriptors in its environment's event loop.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <functional>
#include <memory>

namespace arena::binding {

/// What happens in the event loop.
struct LoopEvents {
  std::function<void()> on_doorbell;
  std::function<void()> on_monitor;
  std::function<void()> on_time;
};

/// Two descriptors, polled for reading, and a timer. Closed with the environment, or before.
class LoopWatch {
 public:
  virtual ~LoopWatch() = default;
  LoopWatch(const LoopWatch&) = delete;
  LoopWatch& operator=(const LoopWatch&) = delete;

  /// Whether the doorbell keeps the event loop alive. The monitor never does.
  virtual void ref(bool alive) = 0;
  /// Calls `on_time` after this time, unless the doorbell rings before.
  virtual void call_within(std::uint64_t milliseconds) = 0;

 protected:
  LoopWatch() = default;
};

/// By libuv where the environment's event loop is libuv's, else by a thread.
std::unique_ptr<LoopWatch> watch_loop(napi_env env, int doorbell_fd, int monitor_fd,
                                      LoopEvents events);

/// Calls one of the events from the event loop. Errors go to JavaScript.
void call_in_loop(napi_env env, const std::function<void()>& event) noexcept;

std::unique_ptr<LoopWatch> watch_by_libuv(napi_env env, int doorbell_fd, int monitor_fd,
                                          LoopEvents events);
std::unique_ptr<LoopWatch> watch_by_thread(napi_env env, int doorbell_fd, int monitor_fd,
                                           LoopEvents events);

/// Whether the event loop of this environment is libuv's. Bun and Deno offer some functions of
/// libuv and have other loops: polling a descriptor ends Bun's process.
bool has_libuv(napi_env env);

}  // namespace arena::binding
