/// Tells when an environment's event loop has not turned for long.
#pragma once

#include <cstdint>
#include <memory>

#include "reference.hpp"

namespace arena::binding {

/// A call that does not wait settles its promise at once. Settled promises alone never let the
/// event loop turn. So each such call asks here whether a turn is due, and JavaScript reads the
/// answer.
class EventLoopTurns {
 public:
  /// Each call of `due()` writes its answer, 1 or 0, to `due`. Without libuv only JavaScript can
  /// tell of turns, by `turned()`.
  EventLoopTurns(napi_env env, bool libuv, double& due);
  ~EventLoopTurns();
  EventLoopTurns(const EventLoopTurns&) = delete;
  EventLoopTurns& operator=(const EventLoopTurns&) = delete;

  /// The event loop turns now.
  void turned() noexcept;
  /// True when the loop has not turned for some milliseconds. Takes 10 ns.
  bool due() noexcept;

 private:
  struct Handle;
  std::shared_ptr<Handle> handle_;
  double& due_;
  std::uint64_t turned_ms_ = 0;
};

}  // namespace arena::binding
