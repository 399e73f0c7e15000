/// Watches descriptors with a thread of its own, and reports to the event loop through a
/// thread-safe function. For runtimes whose event loop is not libuv's.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "descriptor.hpp"
#include "event_loop.hpp"
#include "refused.hpp"

namespace arena::binding {
namespace {

using Clock = std::chrono::steady_clock;

enum Event : unsigned { kDoorbell = 1, kMonitor = 2, kTime = 4 };

constexpr std::int64_t kNoTime = INT64_MAX;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
      .count();
}

/// Shared by the watch, its thread and the function that is called in the event loop. The last two
/// may be behind.
struct Shared {
  napi_env env = nullptr;
  LoopEvents events;
  core::Descriptor wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::atomic<bool> closed{false};
  /// Events that the event loop has not seen yet. The thread reports no more meanwhile.
  std::atomic<unsigned> reported{0};
  std::atomic<std::int64_t> due_ms{kNoTime};

  void wake_thread() noexcept {
    const std::uint64_t one = 1;
    // The counter never overflows, so the write does not fail.
    (void)!::write(wake.get(), &one, sizeof one);
  }

  /// In the event loop.
  void deliver() {
    const unsigned happened = reported.load(std::memory_order_acquire);
    if (!closed && (happened & kDoorbell) != 0) {
      due_ms = kNoTime;
      call_in_loop(env, events.on_doorbell);
    }
    if (!closed && (happened & kMonitor) != 0) call_in_loop(env, events.on_monitor);
    if (!closed && (happened & kTime) != 0) call_in_loop(env, events.on_time);
    reported.store(0, std::memory_order_release);
    wake_thread();
  }
};

class ThreadWatch final : public LoopWatch {
 public:
  ThreadWatch(napi_env env, int doorbell_fd, int monitor_fd, LoopEvents events)
      : env_(env), shared_(std::make_shared<Shared>()) {
    if (!shared_->wake) throw std::system_error(errno, std::generic_category(), "eventfd");
    shared_->env = env;
    shared_->events = std::move(events);
    make_function();
    check(napi_unref_threadsafe_function(env, function_));
    check(napi_add_env_cleanup_hook(env, end, this));
    thread_ = std::thread([this, doorbell_fd, monitor_fd] { watch(doorbell_fd, monitor_fd); });
  }

  ~ThreadWatch() override {
    close();
    napi_remove_env_cleanup_hook(env_, end, this);
  }

  void ref(bool alive) override {
    if (function_ == nullptr) return;
    alive ? napi_ref_threadsafe_function(env_, function_)
          : napi_unref_threadsafe_function(env_, function_);
  }

  void call_within(std::uint64_t milliseconds) override {
    const std::int64_t due = now_ms() + static_cast<std::int64_t>(milliseconds);
    if (shared_->due_ms <= due) return;
    shared_->due_ms = due;
    shared_->wake_thread();
  }

 private:
  static void end(void* watch) { static_cast<ThreadWatch*>(watch)->close(); }

  void make_function() {
    napi_value name = nullptr;
    check(napi_create_string_utf8(env_, "arena", NAPI_AUTO_LENGTH, &name));
    const auto finalize = [](napi_env, void* data, void*) {
      delete static_cast<std::shared_ptr<Shared>*>(data);
    };
    const auto call = [](napi_env env, napi_value, void* context, void*) {
      if (env != nullptr) (*static_cast<std::shared_ptr<Shared>*>(context))->deliver();
    };
    auto kept = std::make_unique<std::shared_ptr<Shared>>(shared_);
    check(napi_create_threadsafe_function(env_, nullptr, nullptr, name, 0, 1, kept.get(), finalize,
                                          kept.get(), call, &function_));
    (void)kept.release();
  }

  /// Ends the thread before the descriptors are closed. The thread never waits for the event loop.
  void close() {
    if (shared_->closed.exchange(true)) return;
    shared_->events = {};
    shared_->wake_thread();
    if (thread_.joinable()) thread_.join();
    napi_release_threadsafe_function(std::exchange(function_, nullptr), napi_tsfn_abort);
  }

  void watch(int doorbell_fd, int monitor_fd) {
    while (!shared_->closed) {
      // A descriptor stays readable until the event loop has read it.
      const bool waits = shared_->reported.load(std::memory_order_acquire) == 0;
      struct pollfd entries[] = {
          {shared_->wake.get(), POLLIN, 0}, {doorbell_fd, POLLIN, 0}, {monitor_fd, POLLIN, 0}};
      const int found = ::poll(entries, waits ? 3 : 1, waits ? timeout() : -1);
      std::uint64_t woken = 0;
      if (found > 0 && entries[0].revents != 0) (void)!::read(entries[0].fd, &woken, sizeof woken);
      if (!waits || shared_->closed) continue;
      unsigned happened = 0;
      if (found > 0 && entries[1].revents != 0) happened |= kDoorbell;
      if (found > 0 && entries[2].revents != 0) happened |= kMonitor;
      if (happened == 0 && take_time()) happened |= kTime;
      if (happened != 0) report(happened);
    }
  }

  int timeout() const {
    const std::int64_t due = shared_->due_ms;
    if (due == kNoTime) return -1;
    return static_cast<int>(
        std::max<std::int64_t>(0, std::min<std::int64_t>(due - now_ms(), 1 << 20)));
  }

  /// Whether the time of the timer has come. Takes the timer then.
  bool take_time() {
    std::int64_t due = shared_->due_ms;
    return due != kNoTime && due <= now_ms() &&
           shared_->due_ms.compare_exchange_strong(due, kNoTime);
  }

  void report(unsigned happened) {
    shared_->reported.store(happened, std::memory_order_release);
    if (napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking) == napi_ok) return;
    // The environment is ending. Wait for close().
  }

  napi_env env_;
  std::shared_ptr<Shared> shared_;
  napi_threadsafe_function function_ = nullptr;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<LoopWatch> watch_by_thread(napi_env env, int doorbell_fd, int monitor_fd,
                                           LoopEvents events) {
  return std::make_unique<ThreadWatch>(env, doorbell_fd, monitor_fd, std::move(events));
}

}  // namespace arena::binding
