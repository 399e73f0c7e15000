#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <set>
#include <vector>

#include "arenas.hpp"
#include "failures.hpp"
#include "segments.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

struct Fixture {
  std::shared_ptr<Attachment> arena = create_arena(pool_config(3));
  Writer writer{arena};
  ExclusiveReader reader{arena};
  TakenUnit read_leased(Stamp expected) {
    Received received;
    TakenUnit leased;
    REQUIRE(try_read(reader, received, &leased) == Status::ok);
    CHECK(received.stamp == expected);
    CHECK(received.intact);
    return leased;
  }
  std::uint32_t free() { return arena->segments().free_count(); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a unit is hidden from the reader until it is committed") {
  OpenUnit unit;
  REQUIRE(try_open(writer, {1, 1}, 100, unit) == Status::ok);
  Received received;
  CHECK(try_read(reader, received) == Status::empty);
  CHECK(writer.commit(unit, 100) == Status::ok);
  CHECK(try_read(reader, received) == Status::ok);
  CHECK(received.stamp == Stamp{1, 1});
  CHECK(received.byte_length == 100);
  CHECK(received.intact);
}

TEST_CASE_FIXTURE(Fixture, "only the bytes that were committed are published") {
  OpenUnit unit;
  REQUIRE(try_open(writer, {1, 1}, 200, unit) == Status::ok);
  REQUIRE(writer.commit(unit, 7) == Status::ok);
  Received received;
  REQUIRE(try_read(reader, received) == Status::ok);
  CHECK(received.byte_length == 7);
}

TEST_CASE_FIXTURE(Fixture, "an aborted unit is never seen, and its segment serves again") {
  OpenUnit unit;
  REQUIRE(try_open(writer, {1, 1}, 200, unit) == Status::ok);
  CHECK(free() == 2);
  writer.abort(unit);
  CHECK(free() == 3);
  Received received;
  CHECK(try_read(reader, received) == Status::empty);
}

TEST_CASE_FIXTURE(Fixture, "a lease is the segment itself and holds it until it is released") {
  for (std::uint32_t number = 0; number < 3; ++number) {
    REQUIRE(try_write(writer, {1, number}, 256) == Status::ok);
  }
  CHECK(try_write(writer, {1, 3}, 256) == Status::full);
  const TakenUnit first = read_leased({1, 0}), second = read_leased({1, 1});
  CHECK(first.view.bytes == arena->region().segment(0));
  CHECK(try_write(writer, {1, 3}, 256) == Status::full);
  // Leases are released in any order: a held lease blocks no other.
  reader.release(second);
  CHECK(try_write(writer, {1, 3}, 256) == Status::ok);
  CHECK(is_filled(first.view.bytes, 256, {1, 0}));
  reader.release(first);
  CHECK(free() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a unit larger than a segment, or its envelope, is too large at once") {
  OpenUnit unit;
  CHECK(writer.try_acquire(257, {}, unit) == Status::too_large);
  const std::vector<std::byte> envelope(65);
  CHECK(writer.try_acquire(1, envelope, unit) == Status::too_large);
  CHECK(writer.try_acquire(~std::uint64_t{0}, {}, unit) == Status::too_large);
  CHECK(free() == 3);
}

TEST_CASE_FIXTURE(Fixture,
                  "units without bytes need no segment, and keep their place in the order") {
  REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
  REQUIRE(try_write(writer, {1, 1}, 0) == Status::ok);
  REQUIRE(try_write(writer, {1, 2}, 10) == Status::ok);
  CHECK(free() == 1);
  for (std::uint32_t number = 0; number < 3; ++number) {
    Received received;
    REQUIRE(try_read(reader, received) == Status::ok);
    CHECK(received.stamp == Stamp{1, number});
  }
}

TEST_CASE_FIXTURE(Fixture, "small units may travel in the queue itself") {
  const std::vector<std::byte> bytes(40, std::byte{6});
  REQUIRE(writer.try_write(bytes, {}, Writer::kToQueue) == Status::ok);
  CHECK(free() == 3);
  TakenUnit unit;
  REQUIRE(reader.take(unit) == Status::ok);
  CHECK_FALSE(unit.leased);
  CHECK(std::equal(bytes.begin(), bytes.end(), unit.view.bytes));
  CHECK(reader.finish(unit));
}

TEST_CASE_FIXTURE(Fixture, "units in the queue leave a cell to every segment") {
  OpenUnit open[3];
  for (OpenUnit& unit : open) REQUIRE(try_open(writer, {1, 0}, 10, unit) == Status::ok);
  while (writer.try_write({}, {}, Writer::kToQueue) == Status::ok) {
  }
  for (OpenUnit& unit : open) CHECK(writer.commit(unit, 10) == Status::ok);
}

TEST_CASE_FIXTURE(Fixture, "a reader that is stopped inside a read never makes a commit fail") {
  REQUIRE(try_write(writer, {1, 0}, 0) == Status::ok);
  TakenUnit stuck;
  REQUIRE(reader.take(stuck) == Status::ok);
  ExclusiveReader other(arena);
  std::uint32_t number = 1;
  OpenUnit unit;
  const auto write_on = [&] {
    while (writer.try_acquire(number % 2 * 100, {}, unit) == Status::ok) {
      REQUIRE(writer.commit(unit, unit.byte_length) == Status::ok);
      ++number;
    }
  };
  for (int round = 0; round < 50; ++round) {
    write_on();
    Received received;
    try_read(other, received);
  }
  CHECK_FALSE(other.arm());
  REQUIRE(reader.finish(stuck));
  // The reader at the limit is told that it can go on.
  CHECK_FALSE(arena->readable().disarm(other.peer().index));
  std::uint32_t read = 1;
  Received received;
  for (int round = 0; round < 50; ++round) {
    write_on();
    while (try_read(other, received) == Status::ok) ++read;
  }
  CHECK(read > 20);
  CHECK(free() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a unit is taken by one reader; given back, by the next") {
  ExclusiveReader other(arena);
  REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
  TakenUnit unit;
  REQUIRE(reader.take(unit) == Status::ok);
  Received received;
  CHECK(try_read(other, received) == Status::empty);
  reader.give_back(unit);
  REQUIRE(try_read(other, received) == Status::ok);
  CHECK(received.intact);
  CHECK(free() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a unit that a reader refuses for its size stays for the next reader") {
  const std::vector<std::byte> bytes(100);
  REQUIRE(writer.try_write(bytes, {}, Writer::kToQueue) == Status::ok);
  REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
  TakenUnit unit;
  CHECK(reader.take(unit, 99) == Status::too_large);
  REQUIRE(reader.take(unit, 104) == Status::ok);
  CHECK(reader.finish(unit));
  // A unit in a segment is leased at any size.
  CHECK(reader.take(unit, 1000) == Status::too_large);
  ExclusiveReader other(arena);
  REQUIRE(other.take(unit) == Status::ok);
  CHECK(other.finish(unit));
  other.release(unit);
}

TEST_CASE_FIXTURE(Fixture, "a unit can be given back more often than attempts are counted") {
  REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
  for (int i = 0; i < 70'000; ++i) {
    TakenUnit unit;
    REQUIRE(reader.take(unit) == Status::ok);
    reader.give_back(unit);
  }
  Received received;
  REQUIRE(try_read(reader, received) == Status::ok);
  CHECK(received.intact);
  CHECK(free() == 3);
}

TEST_CASE_FIXTURE(Fixture,
                  "a reader that closes with a unit in its hands leaves it to the others") {
  REQUIRE(writer.try_write({}, {}, Writer::kToQueue) == Status::ok);
  TakenUnit unit;
  ExclusiveReader other(arena);
  REQUIRE(other.take(unit) == Status::ok);
  other.close();
  CHECK_FALSE(other.finish(unit));
  CHECK(reader.take(unit) == Status::ok);
}

TEST_CASE_FIXTURE(Fixture, "leases stay valid when their reader closes, and are returned later") {
  REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
  ExclusiveReader other(arena);
  Received received;
  TakenUnit leased;
  REQUIRE(try_read(other, received, &leased) == Status::ok);
  const std::uint32_t slot = other.peer().index;
  other.close();
  CHECK(arena->peers().members(Role::reader) == 1);
  CHECK(arena->peers().state(slot).phase == PeerPhase::live);
  CHECK(is_filled(leased.view.bytes, 10, {1, 0}));
  CHECK(free() == 2);
  other.release(leased);
  CHECK(free() == 3);
  CHECK(arena->peers().state(slot).phase == PeerPhase::free);
}

TEST_CASE_FIXTURE(Fixture,
                  "a writer that closes gives up what is open, and nothing that is committed") {
  Writer other(arena);
  OpenUnit unit;
  REQUIRE(try_open(other, {2, 0}, 10, unit) == Status::ok);
  REQUIRE(try_write(other, {2, 1}, 20) == Status::ok);
  REQUIRE(other.try_acquire(0, {}, unit) == Status::ok);
  other.close();
  CHECK(free() == 2);
  Received received;
  CHECK(try_read(reader, received) == Status::ok);
  CHECK(received.stamp == Stamp{2, 1});
  CHECK(try_read(reader, received) == Status::empty);
  CHECK(free() == 3);
  CHECK(other.commit(unit, 0) == Status::closed);
}

TEST_CASE_FIXTURE(Fixture, "a queued segment that is not open is corrupt") {
  REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
  arena->region().segment_slots()[0].word = SegmentWord{SegmentPhase::free, 0, 1}.pack();
  TakenUnit unit;
  CHECK(code_of([&] { reader.take(unit); }) == "ERR_ARENA_CORRUPT");
}

TEST_CASE("a pool of random traffic keeps its order and loses no segment") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto arena = create_arena(pool_config(1 + seed % 5));
    Writer writers[] = {Writer(arena), Writer(arena)};
    ExclusiveReader readers[] = {ExclusiveReader(arena), ExclusiveReader(arena)};
    std::deque<Stamp> queued;
    std::deque<std::pair<TakenUnit, Stamp>> leases[2];
    for (std::uint32_t number = 0; number < 2000; ++number) {
      const auto side = random.below(2);
      const Stamp stamp{static_cast<std::uint32_t>(side), number};
      switch (random.below(4)) {
        case 0:
        case 1: {
          const Status status =
              try_write(writers[side], stamp, random.below(3) ? random.below(257) : 0);
          REQUIRE((status == Status::ok || status == Status::full));
          if (status == Status::ok) queued.push_back(stamp);
          break;
        }
        case 2: {
          Received received;
          TakenUnit unit;
          const Status status = try_read(readers[side], received, &unit);
          REQUIRE(status == (queued.empty() ? Status::empty : Status::ok));
          if (status != Status::ok) break;
          REQUIRE(received.stamp == queued.front());
          REQUIRE(received.intact);
          queued.pop_front();
          if (unit.leased) leases[side].emplace_back(unit, received.stamp);
          break;
        }
        case 3:
          if (leases[side].empty()) break;
          const auto [unit, expected] = leases[side].front();
          REQUIRE(is_filled(unit.view.bytes, unit.view.byte_length, expected));
          readers[side].release(unit);
          leases[side].pop_front();
          break;
      }
      REQUIRE(arena->segments().leased_count() == leases[0].size() + leases[1].size());
    }
    for (Reader& reader : readers) {
      Received received;
      while (try_read(reader, received) == Status::ok) {
      }
    }
    for (int side = 0; side < 2; ++side) {
      for (const auto& lease : leases[side]) readers[side].release(lease.first);
    }
    REQUIRE(arena->segments().free_count() == arena->segments().count());
  }
}
