#pragma once

#include <napi.h>

#include <exception>
#include <functional>
#include <initializer_list>
#include <optional>
#include <vector>

#include "addon_state.hpp"
#include "errors.hpp"
#include "media_error.hpp"

namespace arena::video {

/// Runs `work` on a thread of the pool and settles a promise with what `convert` makes of its
/// result. Values in `keep` are not collected meanwhile. `convert` runs on the JavaScript thread,
/// after a failure too, with no result then: what it does to the caller's state always happens.
template <class Result>
class AsyncTask final : public Napi::AsyncWorker {
 public:
  using Work = std::function<Result()>;
  using Convert = std::function<Napi::Value(Napi::Env, std::optional<Result>&&)>;

  static Napi::Promise run(Napi::Env env, std::initializer_list<Napi::Value> keep, Work work,
                           Convert convert) {
    auto* task = new AsyncTask(env, std::move(work), std::move(convert));
    for (const Napi::Value& value : keep) {
      if (value.IsObject()) task->kept_.push_back(Napi::Persistent(value.As<Napi::Object>()));
    }
    const Napi::Promise promise = task->deferred_.Promise();
    task->Queue();
    return promise;
  }

 protected:
  void Execute() override {
    try {
      result_ = work_();
    } catch (...) {
      thrown_ = std::current_exception();
    }
    // Owners of packets may be dropped with it, on this thread.
    work_ = nullptr;
  }

  void OnOK() override {
    const Napi::Env env = Env();
    const Napi::HandleScope scope(env);
    try {
      const Napi::Value value = convert_(env, std::move(result_));
      AddonState::of(env).releases->drain(env);
      if (thrown_) {
        deferred_.Reject(to_js_error(env, thrown_).Value());
      } else {
        deferred_.Resolve(value);
      }
    } catch (const Napi::Error& error) {
      // The environment may be ending; then nobody is left to be told.
      if (!env.IsExceptionPending()) deferred_.Reject(error.Value());
    }
  }

 private:
  AsyncTask(Napi::Env env, Work work, Convert convert)
      : Napi::AsyncWorker(env, "arena.video"),
        deferred_(Napi::Promise::Deferred::New(env)),
        work_(std::move(work)),
        convert_(std::move(convert)) {}

  Napi::Promise::Deferred deferred_;
  Work work_;
  Convert convert_;
  std::optional<Result> result_;
  std::exception_ptr thrown_;
  std::vector<Napi::ObjectReference> kept_;
};

/// Refuses a second call on an object whose first has not settled.
class BusyFlag {
 public:
  void acquire(Napi::Env env, const char* what) {
    require_idle(env, what);
    busy_ = true;
  }
  void require_idle(Napi::Env env, const char* what) const {
    if (busy_) {
      const MediaError error(MediaErrorKind::state,
                             std::string(what) + ": another call is under way. Await it first.");
      throw to_js_error(env, std::make_exception_ptr(error));
    }
  }
  void release() noexcept { busy_ = false; }
  bool busy() const noexcept { return busy_; }

 private:
  bool busy_ = false;
};

}  // namespace arena::video
