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
  explicit EventLoopTurns(napi_env env);
  ~EventLoopTurns();
  EventLoopTurns(const EventLoopTurns&) = delete;
  EventLoopTurns& operator=(const EventLoopTurns&) = delete;

  /// The event loop turns now.
  void turned() noexcept;
  /// True when the loop has not turned for some milliseconds. Takes 10 ns.
  bool due() noexcept;
  /// Uint32Array of one element: 1 where the latest `due` was true.
  napi_value shared() const noexcept { return shared_.value(); }

 private:
  struct Handle;
  std::shared_ptr<Handle> handle_;
  Reference shared_;
  std::uint32_t* due_ = nullptr;
  std::uint64_t turned_ms_ = 0;
};

}  // namespace arena::binding
