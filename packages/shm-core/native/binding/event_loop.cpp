#include "event_loop.hpp"

#include <cstdlib>

#include "errors.hpp"
#include "instance.hpp"
#include "reference.hpp"

namespace arena::binding {

bool has_libuv(napi_env env) {
  // For tests on Node.
  if (std::getenv("ARENA_WITHOUT_LIBUV") != nullptr) return false;
  napi_value global = nullptr;
  check(napi_get_global(env, &global));
  for (const char* const other : {"Bun", "Deno"}) {
    bool found = false;
    check(napi_has_named_property(env, global, other, &found));
    if (found) return false;
  }
  return true;
}

std::unique_ptr<LoopWatch> watch_loop(napi_env env, int doorbell_fd, int monitor_fd,
                                      LoopEvents events) {
  const auto watch = instance(env).libuv ? watch_by_libuv : watch_by_thread;
  return watch(env, doorbell_fd, monitor_fd, std::move(events));
}

void call_in_loop(napi_env env, const std::function<void()>& event) noexcept {
  if (!event) return;
  try {
    instance(env).turns.turned();
    const HandleScope scope(env);
    // Call a copy, because the event may close its watch.
    const std::function<void()> held = event;
    held();
  } catch (...) {
    report_to_javascript(env);
  }
}

}  // namespace arena::binding
