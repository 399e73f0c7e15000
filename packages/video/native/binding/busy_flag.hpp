#pragma once

#include <string>

#include "media_error.hpp"

namespace arena::video {

/// Refuses a second call on an object while the first call is running.
class BusyFlag {
 public:
  /// @param name The object's name in an error.
  explicit BusyFlag(const char* name) : name_(name) {}

  void acquire() {
    require_idle();
    busy_ = true;
  }
  void release() noexcept { busy_ = false; }
  /// @throws MediaError state.
  void require_idle() const {
    if (!busy_) return;
    throw MediaError(MediaErrorKind::state,
                     std::string(name_) + ": another call is under way. Await it first.");
  }

 private:
  const char* name_;
  bool busy_ = false;
};

}  // namespace arena::video
