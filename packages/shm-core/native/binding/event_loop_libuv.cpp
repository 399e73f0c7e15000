#include <uv.h>

#include <string>
#include <vector>

#include "event_loop.hpp"
#include "failure.hpp"
#include "refused.hpp"

namespace arena::binding {
namespace {

/// The watch keeps it alive. From uv_close to its callback it keeps itself alive, because the end
/// of an environment closes it first and destroys the watch later. The end of the environment waits
/// for that callback.
struct Handles : std::enable_shared_from_this<Handles> {
  napi_env env;
  uv_poll_t doorbell;
  uv_poll_t monitor;
  uv_timer_t timer;
  LoopEvents events;
  napi_async_cleanup_hook_handle cleanup = nullptr;
  std::vector<uv_handle_t*> started;
  std::size_t open = 0;
  std::shared_ptr<Handles> itself;
  bool closing = false;

  explicit Handles(napi_env env) : env(env) {}

  template <typename Handle>
  void own(Handle& handle) {
    handle.data = this;
    started.push_back(reinterpret_cast<uv_handle_t*>(&handle));
    uv_unref(started.back());
  }

  void start(uv_loop_t* loop, uv_poll_t& handle, int fd, uv_poll_cb callback) {
    if (const int error = uv_poll_init(loop, &handle, fd)) {
      throw core::ArenaFailure("ERR_ARENA_SYSTEM",
                               std::string("uv_poll_init: ") + uv_strerror(error));
    }
    own(handle);
    uv_poll_start(&handle, UV_READABLE, callback);
  }

  void close() {
    if (closing) return;
    closing = true;
    events = {};
    open = started.size();
    if (open > 0) itself = shared_from_this();
    for (uv_handle_t* handle : started) {
      uv_close(handle, [](uv_handle_t* closed) {
        auto* self = static_cast<Handles*>(closed->data);
        if (--self->open > 0) return;
        if (self->cleanup != nullptr) napi_remove_async_cleanup_hook(self->cleanup);
        self->itself.reset();
      });
    }
  }
};

class LibuvWatch final : public LoopWatch {
 public:
  LibuvWatch(napi_env env, int doorbell_fd, int monitor_fd, LoopEvents events);
  /// Closes. libuv frees the handles in its close callbacks.
  ~LibuvWatch() override { handles_->close(); }
  void ref(bool alive) override;
  void call_within(std::uint64_t milliseconds) override;

 private:
  std::shared_ptr<Handles> handles_;
};

LibuvWatch::LibuvWatch(napi_env env, int doorbell_fd, int monitor_fd, LoopEvents events)
    : handles_(std::make_shared<Handles>(env)) {
  uv_loop_t* loop = nullptr;
  check(napi_get_uv_event_loop(env, &loop));
  handles_->events = std::move(events);
  uv_timer_init(loop, &handles_->timer);
  handles_->own(handles_->timer);
  try {
    handles_->start(loop, handles_->doorbell, doorbell_fd, [](uv_poll_t* handle, int, int) {
      auto* self = static_cast<Handles*>(handle->data);
      uv_timer_stop(&self->timer);
      call_in_loop(self->env, self->events.on_doorbell);
    });
    handles_->start(loop, handles_->monitor, monitor_fd, [](uv_poll_t* handle, int, int) {
      auto* self = static_cast<Handles*>(handle->data);
      call_in_loop(self->env, self->events.on_monitor);
    });
    check(napi_add_async_cleanup_hook(
        env,
        [](napi_async_cleanup_hook_handle, void* data) { static_cast<Handles*>(data)->close(); },
        handles_.get(), &handles_->cleanup));
  } catch (...) {
    handles_->close();
    throw;
  }
}

void LibuvWatch::ref(bool alive) {
  if (handles_->closing) return;
  auto* handle = reinterpret_cast<uv_handle_t*>(&handles_->doorbell);
  alive ? uv_ref(handle) : uv_unref(handle);
}

void LibuvWatch::call_within(std::uint64_t milliseconds) {
  uv_timer_t* timer = &handles_->timer;
  if (handles_->closing) return;
  // The loop's clock stands still while JavaScript runs. Update it, so that the time counts from
  // now.
  uv_update_time(timer->loop);
  const bool runs = uv_is_active(reinterpret_cast<uv_handle_t*>(timer)) != 0;
  if (runs && uv_timer_get_due_in(timer) <= milliseconds) return;
  uv_timer_start(
      timer,
      [](uv_timer_t* due) {
        auto* self = static_cast<Handles*>(due->data);
        call_in_loop(self->env, self->events.on_time);
      },
      milliseconds, 0);
}

}  // namespace

std::unique_ptr<LoopWatch> watch_by_libuv(napi_env env, int doorbell_fd, int monitor_fd,
                                          LoopEvents events) {
  return std::make_unique<LibuvWatch>(env, doorbell_fd, monitor_fd, std::move(events));
}

}  // namespace arena::binding
