#include "event_loop_turns.hpp"

#include <node_api.h>
#include <time.h>
#include <uv.h>

#include "refused.hpp"

namespace arena::binding {
namespace {

/// A turn costs about 50 us with its cold caches: less than a hundredth of this time.
constexpr std::uint64_t kDueMs = 7;

/// This is intentional: the coarse clock, which advances once a tick of the kernel (1 to 10 ms).
/// Reading it takes 8 ns; the exact one takes 37, and performance.now() 65.
std::uint64_t coarse_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

}  // namespace

/// libuv calls it back in every turn, after polling. It keeps no loop alive. It keeps itself alive
/// until the callback of uv_close, and the end of the environment waits for that.
struct EventLoopTurns::Handle : std::enable_shared_from_this<Handle> {
  uv_check_t check;
  EventLoopTurns* turns = nullptr;
  napi_async_cleanup_hook_handle cleanup = nullptr;
  std::shared_ptr<Handle> itself;

  void open(napi_env env) {
    uv_loop_t* loop = nullptr;
    binding::check(napi_get_uv_event_loop(env, &loop));
    binding::check(napi_add_async_cleanup_hook(
        env,
        [](napi_async_cleanup_hook_handle, void* data) { static_cast<Handle*>(data)->close(); },
        this, &cleanup));
    itself = shared_from_this();
    uv_check_init(loop, &check);
    check.data = this;
    uv_unref(reinterpret_cast<uv_handle_t*>(&check));
    uv_check_start(&check, [](uv_check_t* handle) {
      auto* self = static_cast<Handle*>(handle->data);
      if (self->turns != nullptr) self->turns->turned();
    });
  }

  void close() {
    turns = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&check), [](uv_handle_t* closed) {
      auto* self = static_cast<Handle*>(closed->data);
      napi_remove_async_cleanup_hook(self->cleanup);
      self->itself.reset();
    });
  }
};

EventLoopTurns::EventLoopTurns(napi_env env, bool libuv, double& due) : due_(due) {
  turned();
  if (!libuv) return;
  handle_ = std::make_shared<Handle>();
  handle_->open(env);
  handle_->turns = this;
}

EventLoopTurns::~EventLoopTurns() {
  if (handle_) handle_->turns = nullptr;
}

void EventLoopTurns::turned() noexcept { turned_ms_ = coarse_ms(); }

bool EventLoopTurns::due() noexcept {
  const bool due = coarse_ms() - turned_ms_ >= kDueMs;
  due_ = due;
  return due;
}

}  // namespace arena::binding
