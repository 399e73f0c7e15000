#pragma once

#include <chrono>

namespace arena::video {

/// The time that a piece of work may take before it gives its thread back.
///
/// An environment that ends waits for running work. Without slices, worker.terminate() would take
/// as long as demuxing a whole file. Other work waits for the thread as well, because the pool has
/// only four threads.
class TimeSlice {
 public:
  using Clock = std::chrono::steady_clock;

  explicit TimeSlice(Clock::time_point end) : end_(end) {}
  static TimeSlice usual() { return TimeSlice(Clock::now() + std::chrono::milliseconds(50)); }
  static TimeSlice endless() { return TimeSlice(Clock::time_point::max()); }

  bool over() const { return Clock::now() >= end_; }

 private:
  Clock::time_point end_;
};

}  // namespace arena::video
