#include "event_loop.hpp"

#include <string>
#include <vector>

#include "errors.hpp"
#include "failure.hpp"
#include "instance.hpp"
#include "reference.hpp"

namespace arena::binding {

/// LoopWatch keeps it alive. From uv_close to its callback it keeps itself alive, because the end
/// of an environment closes it first and destroys the LoopWatch later. The end of the environment
/// waits for that callback.
struct LoopWatch::Handles : std::enable_shared_from_this<Handles> {
  napi_env env;
  uv_poll_t doorbell;
  uv_poll_t monitor;
  uv_timer_t timer;
  std::function<void()> on_doorbell;
  std::function<void()> on_monitor;
  std::function<void()> on_time;
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
    on_doorbell = nullptr;
    on_monitor = nullptr;
    on_time = nullptr;
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

  void call(const std::function<void()>& callback) noexcept {
    if (!callback) return;
    try {
      instance(env).turns.turned();
      const HandleScope scope(env);
      // Call a copy, because the callback may close this watch.
      const std::function<void()> held = callback;
      held();
    } catch (...) {
      report_to_javascript(env);
    }
  }
};

LoopWatch::LoopWatch(napi_env env, int doorbell_fd, int monitor_fd,
                     std::function<void()> on_doorbell, std::function<void()> on_monitor,
                     std::function<void()> on_time)
    : handles_(std::make_shared<Handles>(env)) {
  uv_loop_t* loop = nullptr;
  check(napi_get_uv_event_loop(env, &loop));
  handles_->on_doorbell = std::move(on_doorbell);
  handles_->on_monitor = std::move(on_monitor);
  handles_->on_time = std::move(on_time);
  uv_timer_init(loop, &handles_->timer);
  handles_->own(handles_->timer);
  try {
    handles_->start(loop, handles_->doorbell, doorbell_fd, [](uv_poll_t* handle, int, int) {
      auto* self = static_cast<Handles*>(handle->data);
      uv_timer_stop(&self->timer);
      self->call(self->on_doorbell);
    });
    handles_->start(loop, handles_->monitor, monitor_fd, [](uv_poll_t* handle, int, int) {
      auto* self = static_cast<Handles*>(handle->data);
      self->call(self->on_monitor);
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

LoopWatch::~LoopWatch() { handles_->close(); }

void LoopWatch::ref(bool alive) {
  if (handles_->closing) return;
  auto* handle = reinterpret_cast<uv_handle_t*>(&handles_->doorbell);
  alive ? uv_ref(handle) : uv_unref(handle);
}

void LoopWatch::call_within(std::uint64_t milliseconds) {
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
        self->call(self->on_time);
      },
      milliseconds, 0);
}

}  // namespace arena::binding
