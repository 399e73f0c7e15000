/// The memory of a simulated machine that orders no more than the C++ memory model promises.
///
/// Each location keeps every value that was ever stored there, in modification order. A thread does
/// not read "the" value: it may read any value that is not older than what it knows. What a thread
/// knows is its view, which holds a time for each location. A release hands the view on with the
/// value, and an acquire takes it over. Source: the view machine of Kang et al., "A Promising
/// Semantics for Relaxed-Memory Concurrency", without promises.
///
/// Two kinds of behaviour are left out. A load never sees a store that comes later in program order
/// of a thread that depends on that load (load buffering). And the one order of all seq_cst
/// operations agrees with happens-before, as on x86 and Armv8.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace litmus {

using Value = std::uint64_t;
using Time = std::uint32_t;

class View {
 public:
  Time at(std::size_t location) const noexcept { return location < size_ ? times_[location] : 0; }
  void raise(std::size_t location, Time to);
  void join(const View& other);
  View() = default;
  View(const View& other) noexcept { *this = other; }
  View& operator=(const View& other) noexcept;

 private:
  /// Views are copied all the time, so they lie in one piece.
  static constexpr std::size_t kMost = 256;
  std::size_t size_ = 0;
  std::array<Time, kMost> times_;
};

/// Chooses between what the memory model allows. 0 is what a strong machine would do.
class Chooser {
 public:
  virtual std::size_t choose(std::size_t options) = 0;

 protected:
  ~Chooser() = default;
};

class Memory {
 public:
  /// Without `seq_cst_accesses`, a seq_cst access is an acquire and a release, and only seq_cst
  /// fences have one order. That allows more than C++ does. The one order of this machine is the
  /// order of its steps, and would forbid some outcomes that C++ allows: those in which a seq_cst
  /// access takes effect after a relaxed one that comes later in its thread.
  Memory(std::size_t threads, Chooser& chooser, bool seq_cst_accesses)
      : threads_(threads), chooser_(chooser), seq_cst_accesses_(seq_cst_accesses) {}
  /// Puts back the bytes that all locations had before.
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  Value load(std::size_t thread, void* address, std::size_t size, std::memory_order order);
  void store(std::size_t thread, void* address, std::size_t size, Value value,
             std::memory_order order);
  /// Reads the newest value, and stores `change(value)` behind it. When `change` refuses a value,
  /// nothing is stored; then the value may be an older one as well.
  template <typename Change>
  Value update(std::size_t thread, void* address, std::size_t size, Change change,
               std::memory_order order, std::memory_order failed) {
    const std::size_t location = locate(address, size);
    const std::size_t last = locations_[location].history.size() - 1;
    const std::size_t options = readable(thread, location, failed);
    Value after = 0;
    std::vector<std::size_t> refused;
    for (std::size_t back = 1; back < options; ++back) {
      if (!change(locations_[location].history[last - back].value, after)) {
        refused.push_back(last - back);
      }
    }
    const std::size_t chosen = refused.empty() ? 0 : chooser_.choose(refused.size() + 1);
    if (chosen > 0) return read(thread, location, refused[chosen - 1], failed);
    const Value before = newest(location);
    if (!change(before, after)) return read(thread, location, last, failed);
    replace(thread, location, after, order);
    return before;
  }
  void fence(std::size_t thread, std::memory_order order);

  /// Bytes that are not atomic. An access that some other access does not happen before is a race.
  Value plain_load(std::size_t thread, void* address);
  void plain_store(std::size_t thread, void* address, Value value);
  /// The newest value: that of the kernel, which compares the word of a futex under its lock.
  Value newest_at(void* address, std::size_t size) { return newest(locate(address, size)); }

 private:
  struct Message {
    Value value;
    Time time;
    View released;
    /// The message directly follows the message before: no store comes between.
    bool glued;
  };
  struct Location {
    void* address;
    std::size_t size;
    Value initial;
    std::vector<Message> history;
    /// For plain bytes: the location that counts each thread's loads; the first of them.
    std::size_t loads = 0;
    std::vector<Time> loaded;
  };
  struct Thread {
    View current, acquired, released;
  };

  std::size_t locate(void* address, std::size_t size);
  /// How many of the newest messages this thread may read.
  std::size_t readable(std::size_t thread, std::size_t location, std::memory_order order) const;
  Value newest(std::size_t location) const { return locations_[location].history.back().value; }
  Value read(std::size_t thread, std::size_t location, std::size_t message,
             std::memory_order order);
  void replace(std::size_t thread, std::size_t location, Value value, std::memory_order order);
  void append(std::size_t thread, std::size_t location, std::size_t at, Message message,
              std::memory_order order);
  Location& plain(void* address, std::size_t& location);

  std::vector<Thread> threads_;
  Chooser& chooser_;
  const bool seq_cst_accesses_;
  std::vector<Location> locations_;
  std::unordered_map<void*, std::size_t> known_;
  /// What all seq_cst operations so far have seen.
  View total_;
};

inline bool acquires(std::memory_order order) noexcept {
  return order != std::memory_order_relaxed && order != std::memory_order_release;
}
inline bool releases(std::memory_order order) noexcept {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

}  // namespace litmus
