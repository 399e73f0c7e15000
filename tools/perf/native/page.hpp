/// The counters that a traced command, its tracer and its preloaded library share.
/// `tools/perf/measuring/counters.js` reads them in this order.
#pragma once

#include <atomic>
#include <cstdint>

struct Page {
  std::atomic<std::uint64_t> system_calls;
  std::atomic<std::uint64_t> wake_ups;
  std::atomic<std::uint64_t> copied_bytes;
  std::atomic<std::uint64_t> allocations;
  /// 1 while system calls are counted.
  std::atomic<std::uint64_t> traced;
  /// 1 once counted.cpp is loaded.
  std::atomic<std::uint64_t> preloaded;
};

inline void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) {
  counter.fetch_add(amount, std::memory_order_relaxed);
}
