/// The simulator itself: for small programs whose outcomes the C++ memory model allows or forbids,
/// it finds the outcomes that are allowed, and no other.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <memory>
#include <set>

#include "simulation.hpp"

namespace {

using enum std::memory_order;
using litmus::Limits;
using litmus::Run;
using litmus::Verdict;
using Outcome = std::array<int, 4>;

struct Words {
  std::atomic<int> x{0}, y{0};
  std::uint64_t bytes = 0;
  Outcome seen{};
};

using Body = std::function<void(Words&)>;

/// All outcomes of these threads.
std::set<Outcome> outcomes(const std::vector<Body>& bodies) {
  static Words words;
  std::set<Outcome> found;
  const auto make = [&] {
    words.seen = {};
    Run run;
    for (const Body& body : bodies) run.threads.emplace_back([&body] { body(words); });
    run.after = [&] { found.insert(words.seen); };
    return run;
  };
  const Verdict verdict = litmus::explore(make, {.surprises = 8, .seq_cst_accesses = true});
  REQUIRE(verdict.failure == "");
  REQUIRE(verdict.complete);
  return found;
}

/// Why these threads fail; empty when they never do.
std::string failure(const std::vector<Body>& bodies) {
  static Words words;
  const auto make = [&] {
    Run run;
    for (const Body& body : bodies) run.threads.emplace_back([&body] { body(words); });
    return run;
  };
  return litmus::explore(make, {.surprises = 8, .seq_cst_accesses = true}).failure;
}

std::set<Outcome> message_passing(std::memory_order store, std::memory_order load) {
  return outcomes({[=](Words& w) {
                     w.x.store(1, relaxed);
                     w.y.store(1, store);
                   },
                   [=](Words& w) {
                     w.seen[0] = w.y.load(load);
                     w.seen[1] = w.x.load(relaxed);
                   }});
}

std::set<Outcome> store_buffering(std::memory_order store, std::memory_order load, bool fences,
                                  std::memory_order fence = seq_cst) {
  return outcomes({[=](Words& w) {
                     w.x.store(1, store);
                     if (fences) std::atomic_thread_fence(fence);
                     w.seen[0] = w.y.load(load);
                   },
                   [=](Words& w) {
                     w.y.store(1, store);
                     if (fences) std::atomic_thread_fence(fence);
                     w.seen[1] = w.x.load(load);
                   }});
}

std::set<Outcome> four_threads(std::memory_order store, std::memory_order load) {
  return outcomes({[=](Words& w) { w.x.store(1, store); }, [=](Words& w) { w.y.store(1, store); },
                   [=](Words& w) {
                     w.seen[0] = w.x.load(load);
                     w.seen[1] = w.y.load(load);
                   },
                   [=](Words& w) {
                     w.seen[2] = w.y.load(load);
                     w.seen[3] = w.x.load(load);
                   }});
}

}  // namespace

TEST_CASE("a message that is passed with relaxed orders may arrive without its content") {
  const Outcome torn{1, 0};
  CHECK(message_passing(relaxed, relaxed).contains(torn));
  CHECK(message_passing(release, relaxed).contains(torn));
  CHECK(message_passing(relaxed, acquire).contains(torn));
}

TEST_CASE("a release and an acquire pass a message on with its content") {
  CHECK(message_passing(release, acquire) == std::set<Outcome>{{0, 0}, {0, 1}, {1, 1}});
}

TEST_CASE("two threads miss each other's stores unless both are sequentially consistent") {
  const Outcome missed{0, 0};
  CHECK(store_buffering(relaxed, relaxed, false).contains(missed));
  CHECK(store_buffering(release, acquire, false).contains(missed));
  CHECK(store_buffering(release, acquire, true, acq_rel).contains(missed));
  CHECK(store_buffering(seq_cst, acquire, false).contains(missed));
  CHECK_FALSE(store_buffering(seq_cst, seq_cst, false).contains(missed));
  CHECK_FALSE(store_buffering(relaxed, relaxed, true).contains(missed));
}

TEST_CASE("readers see two independent stores in different orders unless all are seq_cst") {
  const Outcome apart{1, 0, 1, 0};
  CHECK(four_threads(release, acquire).contains(apart));
  CHECK_FALSE(four_threads(seq_cst, seq_cst).contains(apart));
}

TEST_CASE("a thread never sees a value older than one it has seen") {
  const auto found = outcomes({[](Words& w) {
                                 w.x.store(1, relaxed);
                                 w.x.store(2, relaxed);
                               },
                               [](Words& w) {
                                 w.seen[0] = w.x.load(relaxed);
                                 w.seen[1] = w.x.load(relaxed);
                               }});
  for (const Outcome& one : found) CHECK(one[0] <= one[1]);
  CHECK(found.size() == 6);
}

TEST_CASE("two locations may be written in orders that no single order explains") {
  const auto body = [](auto first, auto second) {
    return [=](Words& w) {
      (w.*first).store(1, relaxed);
      (w.*second).store(2, relaxed);
    };
  };
  std::set<Outcome> found;
  static Words words;
  const auto make = [&] {
    Run run;
    run.threads = {[&] { body(&Words::x, &Words::y)(words); },
                   [&] { body(&Words::y, &Words::x)(words); }};
    run.after = [&] { found.insert({words.x.load(), words.y.load()}); };
    return run;
  };
  CHECK(litmus::explore(make, {.surprises = 8, .seq_cst_accesses = true}).complete);
  CHECK(found.contains({1, 1}));
}

TEST_CASE("read-modify-writes of several threads lose no update") {
  const Body add = [](Words& w) { w.x.fetch_add(1, relaxed); };
  static Words words;
  std::set<int> sums;
  const auto make = [&] {
    Run run;
    run.threads = {[&] { add(words); }, [&] { add(words); }, [&] { add(words); }};
    run.after = [&] { sums.insert(words.x.load()); };
    return run;
  };
  CHECK(litmus::explore(make, {.surprises = 8, .seq_cst_accesses = true}).complete);
  CHECK(sums == std::set<int>{3});
}

TEST_CASE("a read-modify-write hands on what the store before has released") {
  const auto found = outcomes({[](Words& w) {
                                 w.x.store(1, relaxed);
                                 w.y.store(1, release);
                               },
                               [](Words& w) { w.y.fetch_add(1, relaxed); },
                               [](Words& w) {
                                 w.seen[0] = w.y.load(acquire);
                                 w.seen[1] = w.x.load(relaxed);
                               }});
  CHECK(found.contains({2, 1}));
  CHECK_FALSE(found.contains({2, 0}));
}

TEST_CASE("fences release and acquire for relaxed accesses") {
  const auto with = [](bool first, bool second) {
    return outcomes({[=](Words& w) {
                       w.x.store(1, relaxed);
                       if (first) std::atomic_thread_fence(release);
                       w.y.store(1, relaxed);
                     },
                     [=](Words& w) {
                       w.seen[0] = w.y.load(relaxed);
                       if (second) std::atomic_thread_fence(acquire);
                       w.seen[1] = w.x.load(relaxed);
                     }});
  };
  CHECK_FALSE(with(true, true).contains({1, 0}));
  CHECK(with(true, false).contains({1, 0}));
  CHECK(with(false, true).contains({1, 0}));
}

TEST_CASE("a compare-and-swap that fails may have read an old value") {
  const auto found = outcomes({[](Words& w) {
                                 w.x.store(1, relaxed);
                                 w.y.store(1, release);
                               },
                               [](Words& w) {
                                 if (w.y.load(relaxed) == 0) return;
                                 int expected = 7;
                                 w.x.compare_exchange_strong(expected, 8, relaxed);
                                 w.seen[0] = expected + 1;
                               }});
  CHECK(found == std::set<Outcome>{{0}, {1}, {2}});
}

TEST_CASE("plain bytes race unless one access happens before the other") {
  const auto pass = [](std::memory_order store, std::memory_order load) {
    return failure({[=](Words& w) {
                      litmus::plain_store(&w.bytes, 5);
                      w.y.store(1, store);
                    },
                    [=](Words& w) {
                      if (w.y.load(load) == 1) litmus::plain_load(&w.bytes);
                    }});
  };
  CHECK(pass(release, acquire) == "");
  CHECK(pass(relaxed, acquire).starts_with("a race"));
  CHECK(pass(release, relaxed).starts_with("a race"));
}

TEST_CASE("bytes that are written again race with a reader that did not release them") {
  const auto hand_back = [](std::memory_order store) {
    return failure({[=](Words& w) {
                      litmus::plain_load(&w.bytes);
                      w.y.store(1, store);
                    },
                    [=](Words& w) {
                      if (w.y.load(acquire) == 1) litmus::plain_store(&w.bytes, 6);
                    }});
  };
  CHECK(hand_back(release) == "");
  CHECK(hand_back(relaxed).starts_with("a race"));
}

TEST_CASE("threads that all sleep are a failure") {
  static int channel = 0;
  CHECK(failure({[](Words&) { litmus::sleep_on(&channel); }}) ==
        "every thread sleeps: a wake-up was lost");
  const Body wake = [](Words&) { litmus::wake(&channel, 1); };
  CHECK(failure({[](Words&) { litmus::sleep_on(&channel); }, wake}) ==
        "every thread sleeps: a wake-up was lost");
}
