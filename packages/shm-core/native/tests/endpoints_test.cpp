/// Ends, waiting and counters of writers and readers.
#include <doctest/doctest.h>

#include <memory>
#include <thread>
#include <vector>

#include "arenas.hpp"
#include "failures.hpp"
#include "forked.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

Status take(Reader& reader) {
  Received received;
  return try_read(reader, received);
}

}  // namespace

TEST_CASE("a stream ends once every writer has closed and everything is read") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    CHECK(take(reader) == Status::empty);
    Writer first(arena), second(arena);
    REQUIRE(try_write(first, {1, 0}, 10) == Status::ok);
    first.close();
    CHECK(take(reader) == Status::ok);
    CHECK(take(reader) == Status::empty);
    REQUIRE(try_write(second, {2, 0}, 10) == Status::ok);
    second.close();
    CHECK(reader.wait(soon()) == Status::ok);
    CHECK(take(reader) == Status::ok);
    CHECK(reader.wait(soon()) == Status::ok);
    CHECK(take(reader) == Status::ended);
    CHECK(take(reader) == Status::ended);
  }
}

TEST_CASE("a stream of an unknown number of writers is quiet once all that came have closed") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    TakenUnit unit;
    Writer(arena).close();
    CHECK(reader.wait(soon()) == Status::ok);
    CHECK(reader.take(unit) == Status::quiet);
    // The reader has been told once. It waits until something changes.
    CHECK_FALSE(reader.arm());
  }
}

TEST_CASE("a quiet stream goes on when another writer comes") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    TakenUnit unit;
    Writer(arena).close();
    REQUIRE(reader.take(unit) == Status::quiet);
    Writer next(arena);
    CHECK_FALSE(reader.end_quiet_stream());
    CHECK(take(reader) == Status::empty);
    REQUIRE(try_write(next, {1, 0}, 10) == Status::ok);
    CHECK(take(reader) == Status::ok);
  }
}

TEST_CASE("a writer that comes after the end of the stream is refused") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    Writer(arena).close();
    REQUIRE(take(reader) == Status::ended);
    CHECK(code_of([&] { Writer late(arena); }) == "ERR_ARENA_ENDED");
    CHECK(arena->stats().writers == 0);
    CHECK(arena->stream().word().refused == 1);
    CHECK(take(reader) == Status::ended);
  }
}

TEST_CASE("a stream of a known number of writers ends when all have come and left") {
  for (RegionConfig config : every_kind()) {
    config.writers = 2;
    const auto arena = create_arena(config);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    Writer(arena).close();
    CHECK(take(reader) == Status::empty);
    Writer second(arena);
    REQUIRE(try_write(second, {1, 0}, 10) == Status::ok);
    second.close();
    CHECK(take(reader) == Status::ok);
    CHECK(take(reader) == Status::ended);
    CHECK(code_of([&] { Writer late(arena); }) == "ERR_ARENA_ENDED");
  }
}

TEST_CASE("a declared end lets the present writers finish and admits no other") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    Writer writer(arena);
    arena->stream().declare_end();
    CHECK(code_of([&] { Writer late(arena); }) == "ERR_ARENA_ENDED");
    REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
    CHECK(take(reader) == Status::ok);
    CHECK(take(reader) == Status::empty);
    writer.close();
    CHECK(take(reader) == Status::ended);
  }
}

TEST_CASE("an end that is declared before any writer has come is the end") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    arena->stream().declare_end();
    CHECK(reader.wait(soon()) == Status::ok);
    CHECK(take(reader) == Status::ended);
  }
}

TEST_CASE("a pool's writer that waits is told when every reader has left") {
  const auto arena = create_arena(pool_config(2));
  Writer writer(arena), patient(arena, true);
  // No reader has come yet, so one may still come.
  CHECK(writer.stranded() == Status::ok);
  const auto opened_reader = open_reader(arena, From::oldest);
  Reader& reader = *opened_reader;
  for (std::uint32_t number = 0; number < 2; ++number) {
    REQUIRE(try_write(writer, {1, number}, 200) == Status::ok);
  }
  std::thread closer([&] { reader.close(); });
  CHECK(writer.wait(writer.placement(200, sizeof(Stamp)), soon()) == Status::no_readers);
  closer.join();
  CHECK(writer.arm(writer.placement(200, sizeof(Stamp))));
  CHECK(patient.wait(patient.placement(200, sizeof(Stamp)), after_ms(5)) == Status::timed_out);
  const auto next = open_reader(arena, From::oldest);
  CHECK(writer.stranded() == Status::ok);
}

TEST_CASE("a ring of slots refuses a unit that is longer than a slot") {
  RegionConfig config = ring_config(WhenFull::fail);
  config.slot_bytes = 100;
  const auto arena = create_arena(config);
  Writer writer(arena);
  OpenUnit unit;
  CHECK(writer.try_acquire(100, {}, unit) == Status::ok);
  CHECK(writer.try_acquire(101, {}, unit) == Status::too_large);
  const std::byte envelope[64]{};
  CHECK(writer.try_acquire(100, envelope, unit) == Status::too_large);
}

TEST_CASE("a reader's lag counts committed units alone") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    if (!arena->queue().broadcast()) continue;
    BroadcastReader reader(arena, From::oldest);
    Writer writer(arena);
    OpenUnit open, aborted;
    REQUIRE(writer.try_acquire(0, {}, aborted) == Status::ok);
    writer.abort(aborted);
    REQUIRE(writer.try_acquire(0, {}, open) == Status::ok);
    REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
    CHECK(reader.lag() == 1);
  }
}

TEST_CASE("no unit is in flight before a record that every reader has passed") {
  const auto arena = create_arena(ring_config(WhenFull::fail));
  const auto opened_reader = open_reader(arena, From::oldest);
  Reader& reader = *opened_reader;
  Writer writer(arena);
  for (std::uint32_t number = 0; number < 5; ++number) {
    REQUIRE(try_write(writer, {1, number}, 10) == Status::ok);
    REQUIRE(take(reader) == Status::ok);
  }
  arena->queue().update_floor();
  // A writer asks for this when it counts its unit late.
  CHECK(arena->queue().depth(1) == 0);
}

TEST_CASE("a closed endpoint says that it is closed, and can be closed again") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    Writer writer(arena);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    writer.close();
    writer.close();
    reader.close();
    reader.close();
    OpenUnit unit;
    TakenUnit taken;
    CHECK(writer.try_acquire(1, {}, unit) == Status::closed);
    CHECK(writer.try_write({}, {}, Writer::kToQueue) == Status::closed);
    CHECK(writer.wait(writer.placement(1, 0), soon()) == Status::closed);
    CHECK(reader.take(taken) == Status::closed);
    CHECK(reader.wait(soon()) == Status::closed);
    if (BroadcastReader* const broadcast = as_broadcast(reader)) {
      broadcast->sync_to_newest();
      CHECK(broadcast->lag() == 0);
    }
    CHECK(arena->peers().members(Role::writer) + arena->peers().members(Role::reader) == 0);
  }
}

TEST_CASE("a reader's wait ends at its deadline, by a commit, or by the end of the stream") {
  for (const RegionConfig& config : every_kind()) {
    const auto region = create_region(config);
    const auto opened_reader = open_reader(attach(region), From::oldest);
    Reader& reader = *opened_reader;
    auto writer = std::make_unique<Writer>(attach(region));
    CHECK(reader.wait(after_ms(5)) == Status::timed_out);
    CHECK(reader.wait(Clock::now() - std::chrono::seconds(1)) == Status::timed_out);
    std::thread([&] { try_write(*writer, {1, 0}, 10); }).join();
    CHECK(reader.wait(soon()) == Status::ok);
    CHECK(take(reader) == Status::ok);
    std::thread closer([&] { writer->close(); });
    CHECK(reader.wait(soon()) == Status::ok);
    closer.join();
    CHECK(take(reader) == Status::ended);
  }
}

TEST_CASE("a writer's wait ends at its deadline or when there is space") {
  for (const RegionConfig& config :
       {ring_config(WhenFull::wait), pool_config(3), fan_out_config(3)}) {
    const auto region = create_region(config);
    const auto opened_reader = open_reader(attach(region), From::oldest);
    Reader& reader = *opened_reader;
    Writer writer(attach(region));
    CHECK(writer.wait(writer.placement(10, 0), soon()) == Status::ok);
    std::uint32_t number = 0;
    while (try_write(writer, {1, number}, 200) == Status::ok) ++number;
    CHECK(writer.wait(writer.placement(200, sizeof(Stamp)), after_ms(5)) == Status::timed_out);
    std::thread consumer([&] {
      for (Received received; number > 0; --number) try_read(reader, received);
    });
    CHECK(writer.wait(writer.placement(200, sizeof(Stamp)), soon()) == Status::ok);
    consumer.join();
    CHECK(try_write(writer, {1, 9}, 200) == Status::ok);
  }
}

TEST_CASE("with several readers, the end of the stream waits for the unit that one still holds") {
  const auto arena = create_arena(pool_config(2));
  Writer writer(arena);
  ExclusiveReader holder(arena), other(arena);
  REQUIRE(try_write(writer, {1, 0}, 0) == Status::ok);
  writer.close();
  TakenUnit unit;
  REQUIRE(holder.take(unit) == Status::ok);
  CHECK(take(other) == Status::empty);
  SUBCASE("given back, the other one reads it") {
    holder.give_back(unit);
    CHECK(other.wait(soon()) == Status::ok);
    CHECK(take(other) == Status::ok);
  }
  SUBCASE("finished, the other one is told of the end") {
    CHECK_FALSE(other.arm());
    holder.finish(unit);
    CHECK_FALSE(arena->readable().disarm(other.peer().index));
  }
  CHECK(take(other) == Status::ended);
}

TEST_CASE("arming says when there is no need to wait") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    Writer writer(arena);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    CHECK_FALSE(reader.arm());
    CHECK(writer.arm(writer.placement(10, 0)));
    REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
    CHECK(reader.arm());
    reader.disarm();
    writer.disarm();
  }
}

TEST_CASE("a reader that asks for several units is rung by the commit of the last of them") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    Writer writer(arena);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    const auto armed = [&] { return arena->readable().disarm(reader.peer().index); };
    REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
    REQUIRE(take(reader) == Status::ok);

    CHECK_FALSE(reader.arm(2));
    REQUIRE(try_write(writer, {1, 1}, 10) == Status::ok);
    CHECK(armed());
    CHECK(reader.arm(2));
    REQUIRE(try_write(writer, {1, 2}, 10) == Status::ok);
    CHECK_FALSE(armed());
  }
}

TEST_CASE("a reader that asks for several units is rung for fewer, but never for none") {
  const auto arena = create_arena(pool_config(2));
  Writer writer(arena);
  const auto opened_reader = open_reader(arena, From::oldest);
  Reader& reader = *opened_reader;
  const auto armed = [&] { return arena->readable().disarm(reader.peer().index); };
  CHECK_FALSE(reader.arm(8));
  writer.flush();
  CHECK(armed());
  REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
  (void)reader.arm(8);
  SUBCASE("by a flush") { writer.flush(); }
  SUBCASE("by a writer that finds no space") {
    REQUIRE(try_write(writer, {1, 1}, 10) == Status::ok);
    CHECK(armed());
    (void)reader.arm(8);
    CHECK(try_write(writer, {1, 2}, 10) == Status::full);
  }
  SUBCASE("by the writer's end") { writer.close(); }
  SUBCASE("by a unit that is given up") {
    OpenUnit unit;
    REQUIRE(writer.try_acquire(0, {}, unit) == Status::ok);
    writer.abort(unit);
  }
  CHECK_FALSE(armed());
}

TEST_CASE("a reader that no longer waits passes its ring on") {
  const auto arena = create_arena(pool_config(3));
  Writer writer(arena);
  ExclusiveReader first(arena), second(arena);
  CHECK_FALSE(first.arm());
  CHECK_FALSE(second.arm());
  REQUIRE(try_write(writer, {1, 0}, 10) == Status::ok);
  first.disarm();
  CHECK_FALSE(arena->readable().disarm(second.peer().index));
}

TEST_CASE("counters count written, read and in-flight units, and waits") {
  const auto region = create_region(pool_config(3));
  const auto arena = attach(region);
  Writer writer(arena);
  const auto opened_reader = open_reader(arena, From::oldest);
  Reader& reader = *opened_reader;
  for (std::uint32_t number = 0; number < 3; ++number) {
    REQUIRE(try_write(writer, {1, number}, 100) == Status::ok);
  }
  Received received;
  TakenUnit leased;
  REQUIRE(try_read(reader, received, &leased) == Status::ok);
  CHECK(reader.wait(soon()) == Status::ok);
  CHECK(writer.wait(writer.placement(10, 0), after_ms(20)) == Status::timed_out);
  ArenaStats stats = attach(region)->stats();
  CHECK(stats.written_units == 3);
  CHECK(stats.written_bytes == 300);
  CHECK(stats.read_units == 1);
  CHECK(stats.read_bytes == 100);
  CHECK(stats.leases_out == 1);
  CHECK(stats.in_flight == 3);
  CHECK(stats.peak_in_flight == 3);
  CHECK(stats.reader_waits == 1);
  CHECK(stats.writer_waits == 1);
  CHECK(stats.writer_waited_ns >= 20'000'000);
  CHECK(stats.writers == 1);
  CHECK(stats.readers == 1);
  reader.release(leased);
  while (try_read(reader, received) == Status::ok) {
  }
  stats = arena->stats();
  CHECK(stats.in_flight == 0);
  CHECK(stats.leases_out == 0);
  CHECK(stats.peak_in_flight == 3);
}

TEST_CASE("counters outlive the peers that counted, in their slot's next tenants") {
  const auto arena = create_arena(ring_config(WhenFull::fail));
  const auto opened_reader = open_reader(arena, From::oldest);
  Reader& reader = *opened_reader;
  for (std::uint32_t number = 0; number < 20; ++number) {
    Writer writer(arena);
    REQUIRE(try_write(writer, {1, number}, 10) == Status::ok);
    REQUIRE(take(reader) == Status::ok);
  }
  CHECK(arena->stats().written_units == 20);
  CHECK(arena->stats().read_units == 20);
  CHECK(arena->stats().in_flight == 0);
}

TEST_CASE("the slowest reader of a broadcast is known, and how far each is behind") {
  const auto arena = create_arena(ring_config(WhenFull::fail));
  Writer writer(arena);
  BroadcastReader fast(arena, From::oldest), slow(arena, From::oldest);
  for (std::uint32_t number = 0; number < 5; ++number) {
    REQUIRE(try_write(writer, {1, number}, 10) == Status::ok);
  }
  REQUIRE(take(fast) == Status::ok);
  CHECK(arena->queue().slowest_reader() == slow.peer().index);
  CHECK(slow.lag() == 5);
  CHECK(fast.lag() == 4);
  slow.sync_to_newest();
  CHECK(slow.lag() == 1);
  CHECK(arena->queue().slowest_reader() == fast.peer().index);
}

TEST_CASE(
    "a unit that is kept open stays its writer's past the writer's end, until it is given up") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    auto writer = std::make_unique<Writer>(arena);
    OpenUnit unit;
    REQUIRE(writer->try_acquire(100, {}, unit) == Status::ok);
    writer->keep_open();
    writer->close();
    CHECK(arena->peers().members(Role::writer) == 0);
    Writer next(arena);
    OpenUnit other;
    REQUIRE(next.try_acquire(100, {}, other) == Status::ok);
    CHECK(other.bytes != unit.bytes);
    unit.bytes[0] = std::byte{1};
    next.abort(other);
    const std::uint32_t place = writer->peer().index;
    CHECK(arena->peers().state(place).phase == PeerPhase::live);
    writer->give_up(unit);
    CHECK(arena->peers().state(place).phase == PeerPhase::free);
    CHECK(take(reader) == Status::empty);
    REQUIRE(try_write(next, {1, 0}, 10) == Status::ok);
    CHECK(take(reader) == Status::ok);
  }
}

TEST_CASE("a closed writer leaves its kept units unchanged") {
  const auto arena = create_arena(pool_config(2));
  {
    Writer writer(arena);
    OpenUnit unit;
    REQUIRE(writer.try_acquire(100, {}, unit) == Status::ok);
    writer.keep_open();
  }
  CHECK(arena->segments().free_count() == 1);
  CHECK(arena->peers().members(Role::writer) == 0);
}
