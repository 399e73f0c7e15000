#include <doctest/doctest.h>

#include <atomic>

#include "forked.hpp"

using namespace arena::tests;

// Every other promise between processes stands on this one.
TEST_CASE("read-modify-writes of two processes lose no update") {
  constexpr std::uint64_t kUpdates = 200'000;
  Shared<std::atomic<std::uint64_t>> count;
  Shared<std::atomic<int>> ready;
  const auto add = [&] {
    ready->fetch_add(1);
    while (ready->load() < 2) {
    }
    for (std::uint64_t update = 0; update < kUpdates; ++update) {
      if (update % 2 == 0) {
        count->fetch_add(1, std::memory_order_relaxed);
        continue;
      }
      std::uint64_t found = count->load(std::memory_order_relaxed);
      while (!count->compare_exchange_weak(found, found + 1, std::memory_order_relaxed)) {
      }
    }
    return true;
  };
  Forked child(add);
  add();
  CHECK(child.succeeded());
  CHECK(count->load() == 2 * kUpdates);
}
