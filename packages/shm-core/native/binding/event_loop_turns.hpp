/// How long ago an environment's event loop has turned.
#pragma once

#include <cstdint>
#include <memory>

#include "reference.hpp"

namespace arena::binding {

/// Calls that end without waiting settle their promises at once, and settled promises alone never
/// let the event loop turn. So each such call looks at the clock here, and leaves for JavaScript
/// whether a turn is due.
class EventLoopTurns {
 public:
  /// `due` becomes 1 or 0 whenever it is looked at.
  EventLoopTurns(napi_env env, double& due);
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
