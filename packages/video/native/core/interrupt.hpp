#pragma once

#include <atomic>

#include "media_error.hpp"

namespace arena::video {

[[noreturn]] inline void throw_interrupted() {
  throw MediaError(MediaErrorKind::interrupted, "video: closed while a call was under way.");
}

/// A request to stop. One thread makes the request, and a call on another thread sees it.
class Interrupt {
 public:
  void fire() noexcept { fired_.store(true, std::memory_order_relaxed); }
  bool fired() const noexcept { return fired_.load(std::memory_order_relaxed); }
  void check() const {
    if (fired()) throw_interrupted();
  }

 private:
  std::atomic<bool> fired_{false};
};

}  // namespace arena::video
