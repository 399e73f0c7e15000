/// A process is killed in a known state. The survivors recover everything that it held.
#include "recovery.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <memory>
#include <thread>
#include <vector>

#include "arenas.hpp"
#include "forked.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

/// Runs `act` in a child with its own attachment, and kills the child when it has returned.
template <typename Act>
void kill_after(const std::shared_ptr<Region>& region, Act act) {
  Shared<std::atomic<bool>> done;
  Forked child([&] {
    const auto arena = attach(region->handle());
    act(arena);
    *done = true;
    for (;;) ::pause();
    return true;
  });
  while (!*done && child.running()) ::usleep(200);
  REQUIRE(child.running());
  child.kill();
}

struct Fixture {
  explicit Fixture(const RegionConfig& config = pool_config(3)) : region(create_region(config)) {}
  std::shared_ptr<Region> region;
  std::shared_ptr<Attachment> arena = attach(region);
  Writer writer{arena};
  std::unique_ptr<Reader> opened = open_reader(arena, From::oldest);
  Reader& reader = *opened;

  std::vector<LostPeer> recover_all() { return arena->check_peers(); }
  std::uint32_t free() { return arena->segments().free_count(); }
  std::vector<Stamp> read_all() {
    std::vector<Stamp> stamps;
    for (Received received; try_read(reader, received) == Status::ok;) {
      CHECK(received.intact);
      stamps.push_back(received.stamp);
    }
    return stamps;
  }
  /// Checks that the arena works: every segment can be written and read.
  void check_works() {
    for (std::uint32_t number = 100; number < 120; ++number) {
      REQUIRE(try_write(writer, {9, number}, number % 3 ? 100 : 0) == Status::ok);
      CHECK(read_all() == std::vector<Stamp>{{9, number}});
    }
    CHECK(free() == region->config().segment_count);
    CHECK(arena->peers().members(Role::writer) == 1);
    CHECK(arena->peers().members(Role::reader) == 1);
  }
};

struct RingFixture : Fixture {
  RingFixture() : Fixture(ring_config(WhenFull::wait)) {}
};
struct FanOutFixture : Fixture {
  FanOutFixture() : Fixture(fan_out_config(3)) {}
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "units that a dead writer left open are given up, and counted") {
  kill_after(region, [](const auto& child) {
    static Writer dead(child);
    OpenUnit unit;
    try_open(dead, {1, 0}, 100, unit);
    try_open(dead, {1, 1}, 100, unit);
    dead.try_acquire(0, {}, unit);
  });
  CHECK(free() == 1);
  const auto lost = recover_all();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].role == Role::writer);
  CHECK(lost[0].reclaimed_units == 3);
  CHECK(read_all().empty());
  check_works();
}

TEST_CASE_FIXTURE(
    Fixture, "a unit left open in the queue holds its successors only until the death is proven") {
  kill_after(region, [](const auto& child) {
    static Writer dead(child);
    OpenUnit unit;
    dead.try_acquire(0, {}, unit);
    try_write(dead, {1, 1}, 100);
  });
  CHECK(read_all().empty());
  const auto lost = recover_all();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].reclaimed_units == 1);
  CHECK(read_all() == std::vector<Stamp>{{1, 1}});
  check_works();
}

TEST_CASE_FIXTURE(Fixture, "what a dead writer committed is delivered once") {
  kill_after(region, [](const auto& child) {
    static Writer dead(child);
    for (std::uint32_t number = 0; number < 3; ++number) try_write(dead, {1, number}, 100);
  });
  REQUIRE(recover_all().size() == 1);
  CHECK(free() == 0);
  CHECK(read_all() == std::vector<Stamp>{{1, 0}, {1, 1}, {1, 2}});
  check_works();
}

TEST_CASE_FIXTURE(
    Fixture, "what a dead reader had taken and not finished is delivered again, in its place") {
  for (std::uint32_t number = 0; number < 3; ++number)
    try_write(writer, {1, number}, 100 * (number % 2));
  kill_after(region, [](const auto& child) {
    static const auto opened_dead = open_reader(child, From::oldest);
    static Reader& dead = *opened_dead;
    TakenUnit unit;
    dead.take(unit);
    dead.take(unit);
  });
  CHECK(read_all() == std::vector<Stamp>{{1, 2}});
  recover_all();
  CHECK(read_all() == std::vector<Stamp>{{1, 0}, {1, 1}});
  check_works();
}

TEST_CASE_FIXTURE(Fixture,
                  "what a dead reader had finished is not delivered again; its leases come back") {
  for (std::uint32_t number = 0; number < 3; ++number) try_write(writer, {1, number}, 100);
  kill_after(region, [](const auto& child) {
    static const auto opened_dead = open_reader(child, From::oldest);
    static Reader& dead = *opened_dead;
    Received received;
    TakenUnit leased;
    try_read(dead, received, &leased);
    try_read(dead, received, &leased);
  });
  CHECK(arena->segments().leased_count() == 2);
  const auto lost = recover_all();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].role == Role::reader);
  CHECK(lost[0].reclaimed_leases == 2);
  CHECK(read_all() == std::vector<Stamp>{{1, 2}});
  check_works();
}

TEST_CASE_FIXTURE(Fixture, "a reader that closed and died with a lease gives it back") {
  try_write(writer, {1, 0}, 100);
  kill_after(region, [](const auto& child) {
    static const auto opened_dead = open_reader(child, From::oldest);
    static Reader& dead = *opened_dead;
    Received received;
    TakenUnit leased;
    try_read(dead, received, &leased);
    dead.close();
  });
  CHECK(free() == 2);
  recover_all();
  check_works();
}

TEST_CASE_FIXTURE(
    Fixture, "when a survivor dies while it undoes a taking, the next survivor finishes that") {
  try_write(writer, {1, 0}, 100);
  kill_after(region, [](const auto& child) {
    static const auto opened_dead = open_reader(child, From::oldest);
    static Reader& dead = *opened_dead;
    TakenUnit unit;
    dead.take(unit);
    // The first step of give_back() and of recovery.
    child->segments().move(
        0, unit.segment, {SegmentPhase::open, SegmentWord::kNoOwner, unit.segment.generation + 1});
  });
  recover_all();
  CHECK(read_all() == std::vector<Stamp>{{1, 0}});
  check_works();
}

TEST_CASE_FIXTURE(Fixture,
                  "when a survivor dies while it marks a death, the next survivor goes on") {
  Shared<Peer> dead;
  kill_after(region, [&](const auto& child) {
    static Writer writer_of_child(child);
    OpenUnit unit;
    try_open(writer_of_child, {1, 0}, 100, unit);
    *dead = writer_of_child.peer();
  });
  arena->peers().mark_dead(*dead);
  const auto late = attach(region);
  late->check_peers();
  check_works();
}

TEST_CASE_FIXTURE(Fixture, "recovering twice, or for a slot's next tenant, takes nothing back") {
  Shared<Peer> dead;
  kill_after(region, [&](const auto& child) { *dead = child->join(Role::writer); });
  recover_all();
  Writer next(arena);
  REQUIRE(next.peer().index == dead->index);
  OpenUnit unit;
  REQUIRE(try_open(next, {1, 0}, 100, unit) == Status::ok);
  recover(*arena, *dead);
  CHECK(next.commit(unit, 100) == Status::ok);
  CHECK(read_all() == std::vector<Stamp>{{1, 0}});
  next.close();
  check_works();
}

TEST_CASE_FIXTURE(Fixture,
                  "a killed writer counts as done: nothing is lost, and nobody waits for it") {
  writer.close();
  kill_after(region, [](const auto& child) {
    static Writer dead(child);
    try_write(dead, {1, 0}, 100);
  });
  CHECK(reader.wait(soon()) == Status::ok);
  CHECK(read_all() == std::vector<Stamp>{{1, 0}});
  CHECK(reader.wait(soon()) == Status::ok);
  Received received;
  CHECK(try_read(reader, received) == Status::ended);
  CHECK(arena->take_lost().size() == 1);
}

TEST_CASE("when every writer has died and none has closed, readers are told so") {
  for (const RegionConfig& config : {pool_config(2), ring_config(WhenFull::wait),
                                     ring_config(WhenFull::overwrite), fan_out_config(2)}) {
    const auto region = create_region(config);
    const auto arena = attach(region);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    kill_after(region, [](const auto& child) {
      static Writer dead(child);
      try_write(dead, {1, 0}, 10);
      OpenUnit unit;
      try_open(dead, {1, 1}, 10, unit);
    });
    Received received;
    CHECK(try_read(reader, received) == Status::ok);
    CHECK(read(reader, received) == Status::peer_lost);
    CHECK(try_read(reader, received) == Status::peer_lost);
    // The loss ends one wait. After it the reader can wait for a writer that is on its way.
    CHECK_FALSE(reader.arm());
    reader.disarm();
    CHECK(reader.wait(after_ms(5)) == Status::timed_out);
    CHECK(reader.confirms_loss());
    Writer next(arena);
    CHECK_FALSE(reader.confirms_loss());
    REQUIRE(try_write(next, {2, 0}, 10) == Status::ok);
    CHECK(reader.wait(soon()) == Status::ok);
    CHECK(try_read(reader, received) == Status::ok);
  }
}

TEST_CASE("when every reader has died, a writer that waits is told so") {
  for (const RegionConfig& config : {pool_config(2), fan_out_config(2)}) {
    const auto region = create_region(config);
    Writer writer(attach(region));
    Shared<std::atomic<bool>> reading;
    Forked child([&] {
      const auto arena = attach(region->handle());
      static const auto reader = open_reader(arena, From::oldest);
      *reading = true;
      for (;;) ::pause();
      return true;
    });
    while (!*reading) ::usleep(200);
    for (std::uint32_t number = 0; number < 2; ++number) {
      REQUIRE(try_write(writer, {1, number}, 10) == Status::ok);
    }
    OpenUnit unit;
    REQUIRE(writer.try_acquire(10, {}, unit) == Status::full);
    CHECK(writer.wait(writer.placement(10, 0), after_ms(20)) == Status::timed_out);
    child.kill();
    // A writer of a pool cannot go on. A broadcast that had readers gives old units up.
    const bool exclusive = region->config().broadcast == 0;
    CHECK(writer.wait(writer.placement(10, 0), soon()) ==
          (exclusive ? Status::peer_lost : Status::ok));
  }
}

TEST_CASE_FIXTURE(RingFixture, "writers of a broadcast do not wait for a dead reader") {
  kill_after(region,
             [](const auto& child) { static const auto dead = open_reader(child, From::oldest); });
  std::uint32_t number = 0;
  for (Received received; try_write(writer, {1, number}, 500) == Status::ok; ++number) {
    try_read(reader, received);
  }
  CHECK(writer.wait(writer.placement(500, sizeof(Stamp)), soon()) == Status::ok);
  check_works();
}

TEST_CASE_FIXTURE(RingFixture, "a record that a dead writer left open is skipped by every reader") {
  const auto opened_second = open_reader(arena, From::oldest);
  Reader& second = *opened_second;
  kill_after(region, [](const auto& child) {
    static Writer dead(child);
    OpenUnit unit;
    try_write(dead, {1, 0}, 10);
    try_open(dead, {1, 1}, 10, unit);
    try_write(dead, {1, 2}, 10);
  });
  Received received;
  CHECK(try_read(second, received) == Status::ok);
  CHECK(try_read(second, received) == Status::empty);
  const auto lost = recover_all();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].reclaimed_units == 1);
  CHECK(try_read(second, received) == Status::ok);
  CHECK(received.stamp == Stamp{1, 2});
  CHECK(read_all() == std::vector<Stamp>{{1, 0}, {1, 2}});
  second.close();
  check_works();
}

TEST_CASE_FIXTURE(FanOutFixture, "leases that a dead reader held on a shared segment come back") {
  try_write(writer, {1, 0}, 100);
  kill_after(region, [](const auto& child) {
    static const auto opened_dead = open_reader(child, From::oldest);
    static Reader& dead = *opened_dead;
    Received received;
    TakenUnit leased;
    try_read(dead, received, &leased);
  });
  CHECK(read_all() == std::vector<Stamp>{{1, 0}});
  CHECK(free() == 2);
  const auto lost = recover_all();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].reclaimed_leases == 1);
  check_works();
}

TEST_CASE_FIXTURE(FanOutFixture,
                  "a segment whose writer died between commit and sharing reaches every reader") {
  const auto opened_second = open_reader(arena, From::oldest);
  Reader& second = *opened_second;
  kill_after(region, [](const auto& child) {
    static Writer dead(child);
    OpenUnit unit;
    OpenRecord record;
    try_open(dead, {1, 0}, 100, unit);
    child->queue().claim(dead.peer().index, 0, 0, record);
    Cell& cell = child->queue().cell(record.sequence);
    cell.byte_length = 100;
    cell.envelope_length = sizeof(Stamp);
    cell.segment = unit.segment.index + 1;
    cell.segment_generation = unit.segment.word.generation;
    child->queue().commit(record);
  });
  SUBCASE("recovered before anybody has read it") {
    recover_all();
    CHECK(read_all() == std::vector<Stamp>{{1, 0}});
  }
  SUBCASE("recovered when one has read it") {
    CHECK(read_all() == std::vector<Stamp>{{1, 0}});
    recover_all();
  }
  SUBCASE("recovered while the record is below the oldest, and one still needs it") {
    CHECK(read_all() == std::vector<Stamp>{{1, 0}});
    region->control().oldest = 1;
    recover_all();
  }
  CHECK(free() == 2);
  Received received;
  CHECK(try_read(second, received) == Status::ok);
  CHECK(received.stamp == Stamp{1, 0});
  CHECK(received.intact);
  second.close();
  check_works();
}

TEST_CASE_FIXTURE(Fixture, "a process that is stopped in the middle of a unit loses nothing") {
  Shared<std::atomic<int>> step;
  Forked child([&] {
    const auto other = attach(region->handle());
    Writer slow(other);
    OpenUnit unit;
    if (try_open(slow, {1, 0}, 100, unit) != Status::ok) return false;
    *step = 1;
    while (*step == 1) ::usleep(200);
    return slow.commit(unit, 100) == Status::ok;
  });
  while (*step == 0) ::usleep(200);
  child.stop();
  for (int i = 0; i < 3; ++i) CHECK(recover_all().empty());
  CHECK(free() == 2);
  try_write(writer, {2, 0}, 100);
  CHECK(read_all() == std::vector<Stamp>{{2, 0}});
  *step = 2;
  child.resume();
  CHECK(child.succeeded());
  CHECK(read_all() == std::vector<Stamp>{{1, 0}});
  check_works();
}
