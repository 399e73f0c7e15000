#include "release_queue.hpp"

#include <utility>

#include "errors.hpp"
#include "values.hpp"

namespace arena::video {

using binding::check;
using binding::Reference;

struct ReleaseQueue::Holder {
  Holder(std::shared_ptr<ReleaseQueue> queue, std::uint64_t id) : queue(std::move(queue)), id(id) {}
  ~Holder() { queue->release(id); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  const std::shared_ptr<ReleaseQueue> queue;
  const std::uint64_t id;
};

namespace {

/// Calls a function; returns what it throws, or null.
napi_value exception_of_call(napi_env env, napi_value function) {
  napi_value receiver = nullptr;
  check(napi_get_undefined(env, &receiver));
  const napi_status status = napi_call_function(env, receiver, function, 0, nullptr, nullptr);
  if (status != napi_pending_exception) return nullptr;
  bool pending = false;
  napi_value exception = nullptr;
  check(napi_is_exception_pending(env, &pending));
  if (pending) check(napi_get_and_clear_last_exception(env, &exception));
  return exception;
}

}  // namespace

std::shared_ptr<ReleaseQueue> ReleaseQueue::create(napi_env env) {
  auto queue = std::make_shared<ReleaseQueue>();
  auto kept = std::make_unique<std::shared_ptr<ReleaseQueue>>(queue);
  const auto on_end = [](napi_env, void* data, void*) {
    const std::unique_ptr<std::shared_ptr<ReleaseQueue>> ended(
        static_cast<std::shared_ptr<ReleaseQueue>*>(data));
    (*ended)->end();
  };
  const auto on_wake = [](napi_env env, napi_value, void* context, void*) {
    if (env != nullptr) static_cast<ReleaseQueue*>(context)->drain_from_loop(env);
  };
  check(napi_create_threadsafe_function(env, nullptr, nullptr,
                                        binding::to_js(env, "arena.video.release"), 0, 1,
                                        kept.get(), on_end, queue.get(), on_wake, &queue->wake_));
  (void)kept.release();
  // An idle queue does not keep the process alive.
  check(napi_unref_threadsafe_function(env, queue->wake_));
  return queue;
}

std::shared_ptr<const void> ReleaseQueue::hold(napi_env env, napi_value bytes,
                                               napi_value on_release) {
  Held held{Reference::strong(env, bytes), {}};
  if (!binding::is_undefined(env, on_release)) held.on_release = Reference::strong(env, on_release);
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = ++last_id_;
    held_.emplace(id, std::move(held));
  }
  return std::make_shared<Holder>(shared_from_this(), id);
}

void ReleaseQueue::release(std::uint64_t id) noexcept {
  const std::lock_guard lock(mutex_);
  if (wake_ == nullptr) return;
  released_.push_back(id);
  if (released_.size() > 1) return;
  const napi_status status = napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
  // Release the function once. Then Node no longer counts this thread among its callers.
  if (status == napi_closing) wake_ = nullptr;
}

std::vector<ReleaseQueue::Held> ReleaseQueue::take_released() {
  const std::lock_guard lock(mutex_);
  std::vector<Held> taken;
  taken.reserve(released_.size());
  for (const std::uint64_t id : std::exchange(released_, {})) {
    taken.push_back(std::move(held_.extract(id).mapped()));
  }
  return taken;
}

void ReleaseQueue::drain(napi_env env) {
  napi_value first = nullptr;
  for (const Held& held : take_released()) {
    const napi_value on_release = held.on_release.value();
    if (on_release == nullptr) continue;
    const napi_value thrown = exception_of_call(env, on_release);
    if (first == nullptr) first = thrown;
  }
  if (first == nullptr) return;
  check(napi_throw(env, first));
  throw binding::Refused{napi_pending_exception};
}

void ReleaseQueue::drain_from_loop(napi_env env) noexcept {
  try {
    const binding::HandleScope scope(env);
    drain(env);
  } catch (...) {
    binding::report_to_javascript(env);
  }
}

void ReleaseQueue::end() {
  std::unordered_map<std::uint64_t, Held> held;
  const std::lock_guard lock(mutex_);
  held.swap(held_);
  released_.clear();
  if (wake_ != nullptr) napi_release_threadsafe_function(wake_, napi_tsfn_release);
  wake_ = nullptr;
}

}  // namespace arena::video
