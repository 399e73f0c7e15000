#pragma once

#include <atomic>

#include "media_error.hpp"

namespace arena::video {

/// A request to stop, made on one thread and seen by a call that runs on another.
class Interrupt {
 public:
  void fire() noexcept { fired_.store(true, std::memory_order_relaxed); }
  bool fired() const noexcept { return fired_.load(std::memory_order_relaxed); }
  void check() const {
    if (fired()) throw MediaError(MediaErrorKind::kInterrupted, "interrupted");
  }

 private:
  std::atomic<bool> fired_{false};
};

}  // namespace arena::video
