#include "release_queue.hpp"

namespace arena::video {
namespace {

void call_and_delete(Napi::Env env, napi_ref reference) {
  if (reference == nullptr) return;
  const Napi::HandleScope scope(env);
  napi_value function = nullptr;
  if (napi_get_reference_value(env, reference, &function) == napi_ok && function != nullptr) {
    napi_value ignored = nullptr;
    // What it throws stays pending and reaches the caller, or the uncaught exception handler.
    napi_call_function(env, env.Undefined(), function, 0, nullptr, &ignored);
  }
  napi_delete_reference(env, reference);
}

napi_ref reference_to(Napi::Env env, Napi::Value value) {
  napi_ref reference = nullptr;
  if (napi_create_reference(env, value, 1, &reference) != napi_ok) throw Napi::Error::New(env);
  return reference;
}

struct Holder {
  std::shared_ptr<ReleaseQueue> queue;
  HeldReferences held;
  ~Holder() { queue->release(held); }
};

}  // namespace

std::shared_ptr<ReleaseQueue> ReleaseQueue::create(Napi::Env env) {
  auto queue = std::make_shared<ReleaseQueue>();
  const napi_value name = Napi::String::New(env, "arena.video.release");
  auto* kept = new std::shared_ptr<ReleaseQueue>(queue);
  const napi_status status = napi_create_threadsafe_function(
      env, nullptr, nullptr, name, 0, 1, kept,
      [](napi_env, void* data, void*) {
        auto* ended = static_cast<std::shared_ptr<ReleaseQueue>*>(data);
        on_environment_end(ended->get());
        delete ended;
      },
      queue.get(), &on_wake, &queue->wake_);
  if (status != napi_ok) {
    delete kept;
    throw Napi::Error::New(env);
  }
  // An idle queue does not keep the process alive.
  napi_unref_threadsafe_function(env, queue->wake_);
  return queue;
}

void ReleaseQueue::release(HeldReferences held) {
  const std::lock_guard lock(mutex_);
  // The environment is gone, and its references with it.
  if (wake_ == nullptr) return;
  pending_.push_back(held);
  if (pending_.size() == 1) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

void ReleaseQueue::drain(Napi::Env env) {
  std::vector<HeldReferences> ready;
  {
    const std::lock_guard lock(mutex_);
    ready.swap(pending_);
  }
  for (const HeldReferences& held : ready) {
    call_and_delete(env, held.on_release);
    napi_delete_reference(env, held.bytes);
  }
}

void ReleaseQueue::on_wake(napi_env env, napi_value, void* context, void*) {
  if (env != nullptr) static_cast<ReleaseQueue*>(context)->drain(env);
}

void ReleaseQueue::on_environment_end(void* self) {
  auto& queue = *static_cast<ReleaseQueue*>(self);
  const std::lock_guard lock(queue.mutex_);
  queue.wake_ = nullptr;
}

std::shared_ptr<const void> hold_bytes(Napi::Env env, const std::shared_ptr<ReleaseQueue>& queue,
                                       Napi::Value bytes, Napi::Value on_release) {
  auto holder = std::make_shared<Holder>(Holder{queue, {}});
  holder->held.bytes = reference_to(env, bytes);
  if (on_release.IsFunction()) holder->held.on_release = reference_to(env, on_release);
  return holder;
}

}  // namespace arena::video
