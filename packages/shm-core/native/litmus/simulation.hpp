/// Runs a few threads on the simulated memory, in every way that a budget of surprises allows.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "memory.hpp"

namespace litmus {

/// A place in the sources where the order of an access can be weakened.
struct Place {
  std::string function;
  std::string file;
  std::uint32_t line;
  std::uint32_t column;
  std::memory_order order;
  auto key() const { return std::tie(file, line, column); }
  bool operator<(const Place& other) const { return key() < other.key(); }
};

/// One order of the sources, and the weaker one that a run takes instead.
struct Mutant {
  Place place;
  std::memory_order order;
};

/// The threads of one run, and what must hold when all of them have ended.
struct Run {
  std::vector<std::function<void()>> threads;
  std::function<void()> after = [] {};
};

struct Limits {
  /// A surprise is a switch to another thread that is not needed, a load of an old value, or a
  /// store that is ordered before other stores.
  std::size_t surprises = 3;
  std::size_t runs = 2'000'000;
  /// See Memory.
  bool seq_cst_accesses = false;
};

struct Verdict {
  /// Empty when nothing has failed.
  std::string failure;
  std::size_t runs = 0;
  /// Whether every run within the budget of surprises was tried.
  bool complete = false;
};

/// Tries `make()` again and again, each time with other choices. `make` runs outside of the
/// simulation, and the memory is what it was before.
Verdict explore(const std::function<Run()>& make, const Limits& limits,
                const Mutant* mutant = nullptr);

/// The places at which simulated threads have accessed memory with an order since the start.
std::vector<Place> places();

// For simulated threads.

/// Ends the run as failed.
[[noreturn]] void fail(const std::string& why);
inline void require(bool holds, const char* fact) {
  if (!holds) fail(std::string("not so: ") + fact);
}
Value plain_load(const void* address);
void plain_store(void* address, Value value);
Value relaxed_load(const void* address);
void relaxed_store(void* address, Value value);
/// Sleeps until `wake` is called for this channel.
void sleep_on(const void* channel);
/// Wakes sleeping threads, at most `count`. Returns how many.
int wake(const void* channel, int count);
/// The newest value, as the kernel compares it. No other thread runs between this call and
/// `sleep_on`.
Value kernel_load(const void* address, std::size_t size);
/// Index of the thread that runs.
std::size_t present_thread();

}  // namespace litmus
