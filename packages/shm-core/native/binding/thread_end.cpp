#include "thread_end.hpp"

#include "array_buffers.hpp"
#include "reference.hpp"

namespace arena::binding {
namespace {

/// Makes a call that needs no JavaScript. An environment that runs no JavaScript any more refuses
/// it.
bool is_ending(napi_env env) {
  napi_value undefined = nullptr;
  bool equal = false;
  check(napi_get_undefined(env, &undefined));
  return napi_strict_equals(env, undefined, undefined, &equal) != napi_ok;
}

}  // namespace

/// Lives until libuv has closed it.
struct ThreadEnd::Handle : std::enable_shared_from_this<Handle> {
  uv_prepare_t prepare;
  ThreadEnd* owner = nullptr;
  napi_async_cleanup_hook_handle cleanup = nullptr;
  std::shared_ptr<Handle> itself;
  bool closing = false;

  void close() {
    owner = nullptr;
    if (std::exchange(closing, true)) return;
    itself = shared_from_this();
    uv_close(reinterpret_cast<uv_handle_t*>(&prepare), [](uv_handle_t* closed) {
      auto* self = static_cast<Handle*>(closed->data);
      if (self->cleanup != nullptr) napi_remove_async_cleanup_hook(self->cleanup);
      self->itself.reset();
    });
  }
};

ThreadEnd::ThreadEnd(napi_env env) : env_(env), handle_(std::make_shared<Handle>()) {
  uv_loop_t* loop = nullptr;
  check(napi_get_uv_event_loop(env, &loop));
  uv_prepare_init(loop, &handle_->prepare);
  handle_->prepare.data = handle_.get();
  handle_->owner = this;
  uv_unref(reinterpret_cast<uv_handle_t*>(&handle_->prepare));
  uv_prepare_start(&handle_->prepare, [](uv_prepare_t* prepare) {
    ThreadEnd* const owner = static_cast<Handle*>(prepare->data)->owner;
    if (owner != nullptr) owner->look();
  });
  const auto close = [](napi_async_cleanup_hook_handle, void* data) {
    static_cast<Handle*>(data)->close();
  };
  const napi_status status =
      napi_add_async_cleanup_hook(env, close, handle_.get(), &handle_->cleanup);
  if (status != napi_ok) handle_->close();
  check(status);
}

ThreadEnd::~ThreadEnd() { handle_->close(); }

void ThreadEnd::add(Backing& backing) {
  backing.place_ = backings_.size();
  backings_.push_back(&backing);
}

void ThreadEnd::remove(Backing& backing) noexcept {
  backings_[backing.place_] = backings_.back();
  backings_[backing.place_]->place_ = backing.place_;
  backings_.pop_back();
}

void ThreadEnd::look() noexcept {
  if (backings_.empty()) return;
  try {
    const HandleScope scope(env_);
    if (!is_ending(env_)) return;
    for (Backing* const backing : backings_) backing->note_end();
  } catch (const Refused&) {
  }
}

}  // namespace arena::binding
