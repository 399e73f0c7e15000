#include "interprocess_condition.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "arenas.hpp"
#include "forked.hpp"

using namespace arena::tests;

namespace {

/// Notes the peers that were rung. Peers below `reachable` hear the ring.
class RecordingRinger final : public Ringer {
 public:
  bool ring(std::uint32_t index) noexcept override {
    rung.push_back(index);
    return index < reachable;
  }
  Progress ring_from(std::uint32_t index) const noexcept override { return wanted[index]; }
  std::vector<std::uint32_t> rung;
  Progress wanted[kMaxPeers] = {};
  std::uint32_t reachable = kMaxPeers;
};

struct Fixture {
  Shared<ConditionState> state;
  RecordingRinger ringer;
  InterprocessCondition condition{*state, kMaxPeers, ringer};
  std::uint32_t event() const { return state->event.load(); }
};

constexpr auto never = [] { return false; };

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a wait whose predicate holds already announces no sleeper") {
  CHECK(condition.wait([] { return true; }, {}));
  CHECK(event() == 0);
}

TEST_CASE_FIXTURE(Fixture, "a notify without a parked thread writes nothing") {
  condition.notify_one();
  condition.notify_all();
  CHECK(event() == 0);
  CHECK(ringer.rung.empty());
}

TEST_CASE_FIXTURE(Fixture, "a wait ends at its deadline, not before, and says so") {
  const auto deadline = Clock::now() + std::chrono::milliseconds(120);
  CHECK_FALSE(condition.wait(never, deadline));
  CHECK(Clock::now() >= deadline);
  CHECK_FALSE(condition.wait(never, Clock::now() - std::chrono::hours(1)));
}

TEST_CASE_FIXTURE(Fixture,
                  "a predicate that turns true without a notify is found by looking again") {
  int looks = 0, rechecks = 0;
  CHECK(condition.wait([&] { return ++looks > 6; }, {}, [&] { ++rechecks; }));
  CHECK(rechecks == 3);
}

TEST_CASE_FIXTURE(Fixture,
                  "a notify between the announcement and the sleep keeps the waiter awake") {
  int looks = 0;
  std::uint32_t announced = 0;
  const auto predicate = [&] {
    if (++looks == 2) {
      announced = event();
      condition.notify_one();
    }
    return looks == 3;
  };
  CHECK(condition.wait(predicate, {}));
  CHECK((announced & 1) == 1);
  // The futex word has changed, so the kernel refuses the sleep.
  CHECK(event() == announced + 1);
}

TEST_CASE_FIXTURE(Fixture, "a notify wakes a parked thread") {
  std::atomic<bool> ready{false};
  bool woken = false;
  std::thread waiter([&] { woken = condition.wait([&] { return ready.load(); }, soon()); });
  while ((event() & 1) == 0) std::this_thread::yield();
  ready = true;
  condition.notify_one();
  waiter.join();
  CHECK(woken);
}

TEST_CASE_FIXTURE(Fixture, "every notify_one lets one more of several parked threads go on") {
  std::atomic<int> permits{0}, passed{0};
  const auto take = [&] {
    int found = permits.load();
    while (found > 0 && !permits.compare_exchange_weak(found, found - 1)) {
    }
    return found > 0;
  };
  std::vector<std::thread> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back([&] { passed += condition.wait(take, soon()); });
  }
  for (int i = 0; i < 4; ++i) {
    permits.fetch_add(1);
    condition.notify_one();
  }
  for (std::thread& waiter : waiters) waiter.join();
  CHECK(passed == 4);
  CHECK(permits == 0);
}

TEST_CASE_FIXTURE(Fixture, "an armed peer is rung by the next notify, once") {
  condition.arm(70);
  condition.notify_one();
  condition.notify_one();
  CHECK(ringer.rung == std::vector<std::uint32_t>{70});
  CHECK_FALSE(condition.disarm(70));
}

TEST_CASE_FIXTURE(Fixture, "a peer that disarmed itself is not rung") {
  condition.arm(3);
  CHECK(condition.disarm(3));
  condition.notify_all();
  CHECK(ringer.rung.empty());
}

TEST_CASE_FIXTURE(Fixture, "notify_one rings one armed peer, notify_all every one") {
  for (const std::uint32_t index : {0u, 63u, 64u, 255u}) condition.arm(index);
  condition.notify_one();
  CHECK(ringer.rung == std::vector<std::uint32_t>{0});
  condition.notify_all();
  CHECK(ringer.rung == std::vector<std::uint32_t>{0, 63, 64, 255});
}

TEST_CASE_FIXTURE(Fixture,
                  "a peer that wants no ring before some progress is passed over until then") {
  ringer.wanted[2] = 10;
  condition.arm(2);
  condition.arm(5);
  condition.notify_one(9);
  CHECK(ringer.rung == std::vector<std::uint32_t>{5});
  condition.notify_all(9);
  CHECK(ringer.rung.size() == 1);
  condition.notify_one(10);
  CHECK(ringer.rung == std::vector<std::uint32_t>{5, 2});
  condition.arm(2);
  condition.notify_one();
  CHECK(ringer.rung.size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "ring_patient rings only peers that wait for some progress") {
  ringer.wanted[2] = 10;
  condition.arm(2);
  condition.arm(5);
  condition.ring_patient();
  CHECK(ringer.rung == std::vector<std::uint32_t>{2});
  condition.ring_patient();
  CHECK(ringer.rung.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "the arming of a peer that died does not swallow another's notify") {
  ringer.reachable = 5;
  condition.arm(7);
  condition.arm(4);
  condition.notify_one();
  CHECK(ringer.rung == std::vector<std::uint32_t>{4});
  condition.arm(2);
  condition.notify_one();
  CHECK(ringer.rung == std::vector<std::uint32_t>{4, 2});
  condition.notify_one();
  CHECK(ringer.rung == std::vector<std::uint32_t>{4, 2, 7});

  std::atomic<bool> ready{false};
  condition.arm(9);
  std::thread waiter([&] { condition.wait([&] { return ready.load(); }, soon()); });
  while ((event() & 1) == 0) std::this_thread::yield();
  ready = true;
  const std::uint32_t before = event();
  condition.notify_one();
  waiter.join();
  CHECK(state->armed[0].load() == 0);
  // A thread was woken, or no thread slept yet and the word has changed.
  CHECK((event() == before || event() == before + 1));
}

TEST_CASE_FIXTURE(Fixture, "processes that are killed while parked block no other") {
  std::vector<Forked> children;
  for (int i = 0; i < 3; ++i) {
    children.emplace_back([&] { return condition.wait(never, {}); });
  }
  while ((event() & 1) == 0) ::usleep(1000);
  ::usleep(20'000);
  for (Forked& child : children) child.kill();
  for (int i = 0; i < 1000; ++i) {
    condition.notify_one();
    condition.notify_all();
  }
  CHECK_FALSE(condition.wait(never, after_ms(10)));
  std::atomic<bool> ready{false};
  bool woken = false;
  std::thread waiter([&] { woken = condition.wait([&] { return ready.load(); }, soon()); });
  ready = true;
  condition.notify_one();
  waiter.join();
  CHECK(woken);
}

TEST_CASE_FIXTURE(Fixture, "two processes hand a turn to and fro without losing it") {
  constexpr int kTurns = 2000;
  Shared<std::atomic<int>> turn;
  const auto play = [&](int parity) {
    for (int at = parity; at < kTurns; at += 2) {
      if (!condition.wait([&] { return turn->load() == at; }, soon())) return false;
      turn->store(at + 1);
      condition.notify_all();
    }
    return true;
  };
  Forked child([&] { return play(1); });
  CHECK(play(0));
  CHECK(child.succeeded());
  CHECK(*turn == kTurns);
}
