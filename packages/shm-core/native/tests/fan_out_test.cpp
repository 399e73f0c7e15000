/// A pool in which every reader gets every unit, without a copy.
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "arenas.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

struct Fixture {
  explicit Fixture(WhenFull when_full = WhenFull::wait)
      : arena(create_arena(fan_out_config(3, when_full))) {}
  std::shared_ptr<Attachment> arena;
  Writer writer{arena};
  BroadcastReader one{arena, From::oldest};
  BroadcastReader two{arena, From::oldest};
  std::uint32_t free() { return arena->segments().free_count(); }
  static TakenUnit read_leased(Reader& reader, Stamp expected) {
    Received received;
    TakenUnit leased;
    REQUIRE(try_read(reader, received, &leased) == Status::ok);
    CHECK(received.stamp == expected);
    CHECK(received.intact);
    return leased;
  }
};

struct OverwriteFixture : Fixture {
  OverwriteFixture() : Fixture(WhenFull::overwrite) {}
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "every reader sees the same segment, which the last release frees") {
  REQUIRE(try_write(writer, {1, 0}, 100) == Status::ok);
  const TakenUnit first = read_leased(one, {1, 0}), second = read_leased(two, {1, 0});
  CHECK(first.view.bytes == second.view.bytes);
  CHECK(arena->segments().leased_count() == 2);
  one.release(first);
  CHECK(free() == 2);
  two.release(second);
  CHECK(free() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a segment is kept for a reader that has not come to it yet") {
  for (std::uint32_t number = 0; number < 3; ++number) {
    REQUIRE(try_write(writer, {1, number}, 100) == Status::ok);
    one.release(read_leased(one, {1, number}));
  }
  CHECK(try_write(writer, {1, 3}, 100) == Status::full);
  two.release(read_leased(two, {1, 0}));
  CHECK(try_write(writer, {1, 3}, 100) == Status::ok);
  two.release(read_leased(two, {1, 1}));
}

TEST_CASE_FIXTURE(Fixture, "a closed reader holds back no writer, but its leases stay") {
  for (std::uint32_t number = 0; number < 3; ++number) {
    REQUIRE(try_write(writer, {1, number}, 100) == Status::ok);
    one.release(read_leased(one, {1, number}));
  }
  const TakenUnit held = read_leased(two, {1, 0});
  two.close();
  CHECK(free() == 2);
  CHECK(is_filled(held.view.bytes, 100, {1, 0}));
  two.release(held);
  CHECK(free() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a unit given back is read again") {
  REQUIRE(try_write(writer, {1, 0}, 100) == Status::ok);
  TakenUnit unit;
  REQUIRE(one.take(unit) == Status::ok);
  one.give_back(unit);
  CHECK(arena->segments().leased_count() == 0);
  one.release(read_leased(one, {1, 0}));
}

TEST_CASE_FIXTURE(Fixture,
                  "a late reader starts at the newest unit, the oldest kept, or after both") {
  for (std::uint32_t number = 0; number < 3; ++number) {
    REQUIRE(try_write(writer, {1, number}, 100) == Status::ok);
  }
  BroadcastReader newest(arena, From::newest), oldest(arena, From::oldest), next(arena, From::next);
  newest.release(read_leased(newest, {1, 2}));
  oldest.release(read_leased(oldest, {1, 0}));
  TakenUnit unit;
  CHECK(next.take(unit) == Status::empty);
}

TEST_CASE_FIXTURE(Fixture, "a late reader does not skip a unit that is still being written") {
  REQUIRE(try_write(writer, {1, 0}, 0) == Status::ok);
  OpenUnit open;
  REQUIRE(try_open(writer, {1, 1}, 0, open) == Status::ok);
  REQUIRE(try_write(writer, {1, 2}, 0) == Status::ok);
  BroadcastReader newest(arena, From::newest), next(arena, From::next);
  Received received;
  REQUIRE(try_read(newest, received) == Status::ok);
  CHECK(received.stamp == Stamp{1, 0});
  CHECK(try_read(next, received) == Status::empty);
  REQUIRE(writer.commit(open, 0) == Status::ok);
  REQUIRE(try_read(newest, received) == Status::ok);
  CHECK(received.stamp == Stamp{1, 1});
  REQUIRE(try_read(next, received) == Status::ok);
  CHECK(received.stamp == Stamp{1, 1});
}

TEST_CASE_FIXTURE(Fixture, "when the last reader has left, units are dropped for room") {
  one.close();
  two.close();
  for (std::uint32_t number = 0; number < 20; ++number) {
    REQUIRE(try_write(writer, {1, number}, 100) == Status::ok);
  }
}

TEST_CASE_FIXTURE(
    Fixture,
    "a survivor that shares a dead writer's segment late does not change its next record") {
  REQUIRE(try_write(writer, {1, 0}, 100) == Status::ok);
  const OpenSegment past{0, SegmentWord{SegmentPhase::open, writer.peer().index, 1}};
  one.release(read_leased(one, {1, 0}));
  two.release(read_leased(two, {1, 0}));
  for (std::uint32_t number = 1; number < 4; ++number) {
    REQUIRE(try_write(writer, {1, number}, 100) == Status::ok);
    one.release(read_leased(one, {1, number}));
  }
  // Segment 0 now carries record 1, which the second reader has not seen yet.
  arena->segments().share(past, 0);
  CHECK(free() == 0);
  two.release(read_leased(two, {1, 1}));
}

TEST_CASE_FIXTURE(OverwriteFixture, "overwriting takes the oldest unit that no reader leases") {
  for (std::uint32_t number = 0; number < 3; ++number) {
    REQUIRE(try_write(writer, {1, number}, 100) == Status::ok);
  }
  const TakenUnit held = read_leased(one, {1, 0});
  REQUIRE(try_write(writer, {1, 3}, 100) == Status::ok);
  CHECK(is_filled(held.view.bytes, 100, {1, 0}));
  Received received;
  CHECK(try_read(two, received) == Status::lapped);
  CHECK(two.lost() == 2);
  REQUIRE(try_read(two, received) == Status::ok);
  CHECK(received.stamp == Stamp{1, 2});
  one.release(held);
}

TEST_CASE_FIXTURE(OverwriteFixture,
                  "when every segment is leased, even an overwriting writer has to wait") {
  std::vector<TakenUnit> held;
  for (std::uint32_t number = 0; number < 3; ++number) {
    REQUIRE(try_write(writer, {1, number}, 100) == Status::ok);
    held.push_back(read_leased(one, {1, number}));
  }
  CHECK(try_write(writer, {1, 3}, 100) == Status::full);
  one.release(held[1]);
  CHECK(try_write(writer, {1, 3}, 100) == Status::ok);
}
