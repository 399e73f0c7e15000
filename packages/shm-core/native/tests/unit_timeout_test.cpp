/// Units that a living writer keeps open. Other peers can name them, and end them after a unit
/// timeout.
#include <doctest/doctest.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "arenas.hpp"
#include "coarse_clock.hpp"
#include "forked.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

constexpr std::uint32_t kTimeoutMs = 60'000;

struct Fixture {
  explicit Fixture(WhenFull when_full = WhenFull::wait)
      : region(create_region(with_unit_timeout(ring_config(when_full), kTimeoutMs))) {}
  RecordQueue& queue() { return arena->queue(); }
  /// Changes the stamp of the record, as if it had been opened that long ago.
  void age(std::uint64_t sequence, std::uint64_t milliseconds) {
    const OpenedWord opened{coarse_ms() - milliseconds, queue().turn_of(sequence)};
    queue().cell(sequence).opened = opened.pack();
  }
  std::vector<Stamp> read_all() {
    std::vector<Stamp> stamps;
    for (Received received;;) {
      const Status status = try_read(reader, received);
      if (status == Status::lapped) continue;
      if (status != Status::ok) return stamps;
      CHECK(received.intact);
      stamps.push_back(received.stamp);
    }
  }
  /// Writes so many units that all bytes and cells are used several times.
  void go_round() {
    for (std::uint32_t number = 0; number < 50; ++number) {
      REQUIRE(try_write(writer, {2, number}, 700) == Status::ok);
      CHECK(read_all() == std::vector<Stamp>{{2, number}});
    }
  }

  std::shared_ptr<Region> region;
  std::shared_ptr<Attachment> arena = attach(region);
  Writer writer{arena};
  std::unique_ptr<Reader> opened = open_reader(arena, From::oldest);
  Reader& reader = *opened;
};
struct OverwriteFixture : Fixture {
  OverwriteFixture() : Fixture(WhenFull::overwrite) {}
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a unit that is held lies in no shared memory until it is committed") {
  OpenUnit unit;
  REQUIRE(try_open(writer, {1, 0}, 100, unit) == Status::ok);
  CHECK(unit.held);
  CHECK(unit.bytes == nullptr);
  CHECK(queue().word_of(0)->phase == RecordPhase::held);
  CHECK(read_all().empty());
  CHECK(commit(writer, {1, 0}, unit) == Status::ok);
  CHECK(read_all() == std::vector<Stamp>{{1, 0}});
}

TEST_CASE_FIXTURE(Fixture, "a unit that one call writes is not held") {
  const std::vector<std::byte> bytes(100);
  REQUIRE(writer.try_write(bytes, {}, Writer::kToQueue) == Status::ok);
  CHECK(queue().word_of(0)->phase == RecordPhase::committed);
}

TEST_CASE_FIXTURE(Fixture, "a held unit is ended once it is open for longer than the timeout") {
  OpenUnit unit;
  REQUIRE(try_open(writer, {1, 0}, 100, unit) == Status::ok);
  REQUIRE(try_write(writer, {1, 1}, 100) == Status::ok);
  age(0, kTimeoutMs - 1000);
  arena->check_peers();
  CHECK(read_all().empty());
  age(0, kTimeoutMs + 1000);
  arena->check_peers();
  CHECK(read_all() == std::vector<Stamp>{{1, 1}});
  CHECK(commit(writer, {1, 0}, unit) == Status::unit_ended);
  writer.abort(unit);
  go_round();
}

TEST_CASE_FIXTURE(Fixture, "all that are overdue are ended at once, and no other") {
  OpenUnit units[3];
  for (std::uint32_t number = 0; number < 3; ++number) {
    REQUIRE(try_open(writer, {1, number}, 100, units[number]) == Status::ok);
  }
  age(0, kTimeoutMs + 1000);
  age(2, kTimeoutMs + 1000);
  CHECK(queue().end_overdue() == 2);
  CHECK(commit(writer, {1, 1}, units[1]) == Status::ok);
  CHECK(read_all() == std::vector<Stamp>{{1, 1}});
  CHECK(commit(writer, {1, 0}, units[0]) == Status::unit_ended);
  CHECK(commit(writer, {1, 2}, units[2]) == Status::unit_ended);
  go_round();
}

TEST_CASE_FIXTURE(Fixture, "a writer that has resumed its unit is not ended while it copies") {
  OpenUnit unit;
  REQUIRE(try_open(writer, {1, 0}, 100, unit) == Status::ok);
  age(0, kTimeoutMs + 1000);
  REQUIRE(queue().resume(unit.record));
  CHECK(queue().end_overdue() == 0);
  CHECK(queue().word_of(0)->phase == RecordPhase::claimed);
}

TEST_CASE("without a unit timeout nothing is held, and nothing is ended") {
  const auto arena = create_arena(ring_config(WhenFull::wait));
  Writer writer(arena);
  OpenUnit unit;
  REQUIRE(try_open(writer, {1, 0}, 100, unit) == Status::ok);
  CHECK_FALSE(unit.held);
  arena->queue().cell(0).opened = OpenedWord{1, 1}.pack();
  CHECK(arena->queue().end_overdue() == 0);
  CHECK(writer.commit(unit, 100) == Status::ok);
}

TEST_CASE_FIXTURE(Fixture, "an aborted and a closed writer's held units are passed over") {
  auto other = std::make_unique<Writer>(arena);
  OpenUnit aborted, left;
  REQUIRE(try_open(*other, {1, 0}, 100, aborted) == Status::ok);
  REQUIRE(try_open(*other, {1, 1}, 100, left) == Status::ok);
  other->abort(aborted);
  other->close();
  REQUIRE(try_write(writer, {2, 0}, 100) == Status::ok);
  CHECK(read_all() == std::vector<Stamp>{{2, 0}});
}

TEST_CASE_FIXTURE(Fixture, "a unit that a dead writer held is given up, and counted") {
  Shared<std::atomic<bool>> opened;
  Forked child([&] {
    const auto other = attach(region->handle());
    Writer dead(other);
    OpenUnit unit;
    *opened = try_open(dead, {1, 0}, 100, unit) == Status::ok;
    for (;;) ::pause();
    return true;
  });
  while (!*opened) ::usleep(200);
  child.kill();
  const auto lost = arena->check_peers();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].reclaimed_units == 1);
  go_round();
}

TEST_CASE_FIXTURE(Fixture,
                  "what a stopped writer still writes into its unit reaches no later record") {
  Shared<std::atomic<int>> step;
  Forked child([&] {
    const auto other = attach(region->handle());
    Writer slow(other);
    OpenUnit unit;
    if (try_open(slow, {1, 0}, 700, unit) != Status::ok) return false;
    *step = 1;
    while (*step == 1) ::usleep(200);
    return commit(slow, {1, 0}, unit) == Status::unit_ended &&
           write(slow, {1, 1}, 700) == Status::ok;
  });
  while (*step == 0) ::usleep(200);
  child.stop();
  age(0, kTimeoutMs + 1000);
  arena->check_peers();
  go_round();
  for (std::uint32_t number = 0; number < 5; ++number) {
    REQUIRE(try_write(writer, {3, number}, 700) == Status::ok);
  }
  *step = 2;
  child.resume();
  // The full ring refuses the child's next unit until the reader has read.
  for (std::uint32_t number = 0; number < 5; ++number) {
    Received received;
    REQUIRE(try_read(reader, received) == Status::ok);
    CHECK(received.stamp == Stamp{3, number});
    CHECK(received.intact);
  }
  CHECK(child.succeeded());
  CHECK(read_all() == std::vector<Stamp>{{1, 1}});
}

TEST_CASE_FIXTURE(OverwriteFixture, "an overwriting writer goes on behind a unit that is overdue") {
  OpenUnit unit;
  REQUIRE(try_open(writer, {1, 0}, 700, unit) == Status::ok);
  std::uint32_t number = 0;
  while (try_write(writer, {2, number}, 700) == Status::ok) ++number;
  CHECK(number < 8);
  age(0, kTimeoutMs + 1000);
  arena->check_peers();
  CHECK(read_all().size() == number);
  go_round();
  CHECK(commit(writer, {1, 0}, unit) == Status::unit_ended);
}

TEST_CASE_FIXTURE(Fixture, "a stamp of another turn, or of the future, makes no age") {
  OpenUnit unit;
  REQUIRE(try_open(writer, {1, 0}, 100, unit) == Status::ok);
  CHECK(queue().open_for(0).value() < kTimeoutMs);
  queue().cell(0).opened = OpenedWord{1, 2}.pack();
  CHECK_FALSE(queue().open_for(0).has_value());
  queue().cell(0).opened = OpenedWord{coarse_ms() + 1000, 1}.pack();
  CHECK(queue().open_for(0) == 0);
  CHECK(queue().end_overdue() == 0);
}
