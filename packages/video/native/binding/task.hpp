#pragma once

#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <vector>

#include "errors.hpp"
#include "instance.hpp"
#include "values.hpp"

namespace arena::video {

/// False when the environment is ending: then it refuses this call, which has no other effect.
inline bool is_alive(napi_env env) {
  napi_value global = nullptr;
  bool ignored = false;
  return napi_get_global(env, &global) == napi_ok &&
         napi_has_named_property(env, global, "Object", &ignored) == napi_ok;
}

/// Work on a thread of the pool, and the promise of its result.
///
/// An environment that ends waits for the running slice of work. Then it refuses every call that
/// would settle a promise.
template <class Result>
class Task {
 public:
  /// Runs on another thread, repeatedly until it returns a result. An exception rejects the
  /// promise.
  using Work = std::function<std::optional<Result>()>;
  /// Runs on the JavaScript thread each time that the work has returned. An exception rejects the
  /// promise, and ends the work.
  using Between = std::function<void()>;
  /// Runs on the JavaScript thread after the work, also when the work has failed.
  using Done = std::function<void()>;
  using Convert = std::function<napi_value(napi_env, Result&&)>;

  /// Starts the work and returns the promise. The objects in `keep` are not collected before its
  /// end.
  static napi_value start(napi_env env, std::initializer_list<napi_value> keep, Work work,
                          Done done, Convert convert, Between between = {}) {
    std::unique_ptr<Task> task(new Task(env, std::move(work), std::move(done), std::move(convert)));
    task->between_ = std::move(between);
    for (const napi_value object : keep) {
      task->kept_.push_back(binding::Reference::strong(env, object));
    }
    napi_value promise = nullptr;
    check(napi_create_promise(env, &task->deferred_, &promise));
    queue(std::move(task));
    return promise;
  }

  ~Task() {
    if (async_work_ != nullptr) napi_delete_async_work(env_, async_work_);
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

 private:
  Task(napi_env env, Work work, Done done, Convert convert)
      : env_(env), work_(std::move(work)), done_(std::move(done)), convert_(std::move(convert)) {}

  static void check(napi_status status) { binding::check(status); }

  static void queue(std::unique_ptr<Task> task) {
    const napi_env env = task->env_;
    // Node needs a new work object for each run.
    if (task->async_work_ != nullptr) check(napi_delete_async_work(env, task->async_work_));
    task->async_work_ = nullptr;
    check(napi_create_async_work(env, nullptr, binding::to_js(env, "arena.video"), &execute,
                                 &complete, task.get(), &task->async_work_));
    check(napi_queue_async_work(env, task->async_work_));
    (void)task.release();
  }

  static void execute(napi_env, void* data) noexcept {
    auto& task = *static_cast<Task*>(data);
    try {
      task.result_ = task.work_();
    } catch (...) {
      task.thrown_ = std::current_exception();
    }
    // This may drop owners of packets, on this thread.
    if (task.result_ || task.thrown_) task.work_ = nullptr;
  }

  static void complete(napi_env env, napi_status, void* data) noexcept {
    std::unique_ptr<Task> task(static_cast<Task*>(data));
    try {
      const bool alive = is_alive(env);
      if (alive) task->call_between();
      if (!task->result_ && !task->thrown_ && alive) return queue(std::move(task));
      task->done_();
      task->settle(env);
      instance(env).releases->drain_from_loop(env);
    } catch (...) {
      // The environment is ending.
    }
  }

  void call_between() noexcept {
    if (!between_ || thrown_) return;
    try {
      between_();
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  void settle(napi_env env) {
    napi_value error = nullptr;
    try {
      if (thrown_) std::rethrow_exception(thrown_);
      if (!result_) throw binding::Refused{napi_cancelled};
      check(napi_resolve_deferred(env, deferred_, convert_(env, std::move(*result_))));
      return;
    } catch (...) {
      error = binding::error_of_caught(env);
    }
    check(napi_reject_deferred(env, deferred_, error));
  }

  napi_env env_;
  Work work_;
  Done done_;
  Convert convert_;
  Between between_;
  napi_async_work async_work_ = nullptr;
  napi_deferred deferred_ = nullptr;
  std::optional<Result> result_;
  std::exception_ptr thrown_;
  std::vector<binding::Reference> kept_;
};

}  // namespace arena::video
