/// Whole operations: what a binding calls.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "arenas.hpp"

using namespace arena::tests;

namespace {

std::vector<std::byte> filled(std::size_t size, int value) {
  return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

/// Keeps what it receives. Leases are shown as they are.
struct Kept final : Receiver {
  std::vector<std::byte> bytes, envelope_bytes;
  TakenUnit leased{};
  std::uint64_t most = UINT64_MAX;
  bool shows_leases = true;
  bool fails = false;
  bool revoked = false;
  /// What other peers do during the copy.
  std::function<void()> meanwhile = [] {};

  bool accepts(const RecordView& unit) override { return unit.byte_length <= most; }
  std::byte* envelope(std::size_t byte_length) override {
    envelope_bytes.resize(byte_length);
    return envelope_bytes.data();
  }
  bool lease(const TakenUnit& unit) override {
    if (fails) throw std::runtime_error("no memory");
    if (shows_leases) leased = unit;
    return shows_leases;
  }
  std::byte* copy(const TakenUnit& unit) override {
    if (fails) throw std::runtime_error("no memory");
    bytes.resize(unit.view.byte_length);
    meanwhile();
    return bytes.data();
  }
  void revoke() noexcept override { revoked = true; }
};

std::vector<std::span<const std::byte>> views(const std::vector<std::vector<std::byte>>& units) {
  return {units.begin(), units.end()};
}

const auto never = [] { return false; };

}  // namespace

TEST_CASE("a unit is read whole, with its envelope, from queue and segment") {
  for (const RegionConfig& config : every_kind()) {
    for (const std::uint64_t queue_limit : {std::uint64_t{0}, Writer::kToQueue}) {
      const auto arena = create_arena(config);
      Writer writer(arena);
      const auto reader = open_reader(arena, From::oldest);
      REQUIRE(writer.try_write(filled(100, 7), filled(9, 3), queue_limit) == Status::ok);
      Kept kept;
      kept.shows_leases = false;
      REQUIRE(reader->read(kept) == Status::ok);
      CHECK(kept.bytes == filled(100, 7));
      CHECK(kept.envelope_bytes == filled(9, 3));
      CHECK(arena->stats().leases_out == 0);
      CHECK(reader->read(kept) == Status::empty);
    }
  }
}

TEST_CASE("a lease stays out until it is released") {
  const auto arena = create_arena(pool_config(2));
  Writer writer(arena);
  ExclusiveReader reader(arena);
  REQUIRE(writer.try_write(filled(100, 7), {}, 0) == Status::ok);
  Kept kept;
  REQUIRE(reader.read(kept) == Status::ok);
  CHECK(std::equal(kept.leased.view.bytes, kept.leased.view.bytes + 100, filled(100, 7).data()));
  CHECK(arena->stats().leases_out == 1);
  reader.release(kept.leased);
  CHECK(arena->stats().leases_out == 0);
}

TEST_CASE("a unit that its receiver refuses, or fails to receive, stays unread") {
  for (const RegionConfig& config : every_kind()) {
    const auto arena = create_arena(config);
    Writer writer(arena);
    const auto reader = open_reader(arena, From::oldest);
    REQUIRE(writer.try_write(filled(100, 7), {}, 0) == Status::ok);
    Kept small;
    small.most = 99;
    CHECK(reader->read(small) == Status::too_large);
    Kept failing;
    failing.fails = true;
    CHECK_THROWS_AS(reader->read(failing), std::runtime_error);
    CHECK(arena->stats().leases_out == 0);
    Kept kept;
    kept.shows_leases = false;
    CHECK(reader->read(kept) == Status::ok);
    CHECK(kept.bytes == filled(100, 7));
  }
}

TEST_CASE("a unit that is overwritten during the copy is revoked and counts as lost") {
  const auto arena = create_arena(ring_config(WhenFull::overwrite));
  Writer writer(arena);
  BroadcastReader reader(arena, From::oldest);
  const auto write = [&](int count) {
    for (int i = 0; i < count; ++i) {
      REQUIRE(writer.try_write(filled(kPageSize / 2, i), {}, 0) == Status::ok);
    }
  };
  write(1);
  Kept kept;
  SUBCASE("each peer counts rightly") {
    kept.meanwhile = [&] { write(20); };
    CHECK(reader.read(kept) == Status::lapped);
    CHECK(reader.lost() > 0);
  }
  SUBCASE("a hostile peer has changed the count of overwritten units") {
    kept.meanwhile = [&] {
      write(20);
      arena->queue().cell(arena->queue().oldest()).committed_before.store(0);
    };
    CHECK(reader.read(kept) == Status::empty);
  }
  CHECK(kept.revoked);
  kept.meanwhile = [] {};
  CHECK(reader.read(kept) == Status::ok);
}

TEST_CASE("many units are written until one does not fit, and their number is returned") {
  const auto arena = create_arena(ring_config(WhenFull::fail));
  Writer writer(arena);
  BroadcastReader reader(arena, From::oldest);
  std::vector<std::vector<std::byte>> units(3, filled(100, 1));
  units.push_back(filled(10 * kPageSize, 2));
  units.push_back(filled(100, 3));
  std::size_t written = 0;
  CHECK(writer.try_write_many(views(units), 0, written, never) == Status::too_large);
  CHECK(written == 3);
  const auto rest = std::vector<std::vector<std::byte>>(100, filled(100, 4));
  CHECK(writer.try_write_many(views(rest), 0, written, never) == Status::full);
  CHECK(written == 5);
  CHECK(arena->stats().written_units == 3 + written);
}

TEST_CASE("writing many stops when it is told to") {
  const auto arena = create_arena(ring_config(WhenFull::fail, 64 * kPageSize, 4096));
  Writer writer(arena);
  const auto reader = open_reader(arena, From::oldest);
  const auto units = std::vector<std::vector<std::byte>>(100, filled(8, 4));
  std::size_t written = 0;
  CHECK(writer.try_write_many(views(units), 0, written, [] { return true; }) == Status::ok);
  CHECK(written > 0);
  CHECK(written < 100);
}

TEST_CASE("a batch has the small units in order, and ends before a large one") {
  RegionConfig pool = pool_config(2);
  pool.capacity = 32 * kPageSize;
  for (const RegionConfig& config : {pool, ring_config(WhenFull::fail, 32 * kPageSize)}) {
    const auto arena = create_arena(config);
    Writer writer(arena);
    const auto reader = open_reader(arena, From::oldest);
    for (int i = 0; i < 3; ++i) {
      REQUIRE(writer.try_write(filled(10 + i, i), filled(i, 9), Writer::kToQueue) == Status::ok);
    }
    REQUIRE(writer.try_write(filled(kBatchedBytes + 1, 7), {}, Writer::kToQueue) == Status::ok);
    std::vector<std::byte> slab(128 << 10);
    std::vector<BatchRow> rows(kBatchRows);
    std::size_t count = 0;
    Kept single;
    REQUIRE(reader->read_many(slab, rows, count, single) == Status::ok);
    REQUIRE(count == 3);
    for (std::uint32_t i = 0; i < 3; ++i) {
      CHECK(rows[i].byte_length == 10 + i);
      CHECK(rows[i].envelope_length == i);
      CHECK(slab[rows[i].offset] == static_cast<std::byte>(i));
    }
    REQUIRE(reader->read_many(slab, rows, count, single) == Status::ok);
    CHECK(count == 0);
    CHECK(single.bytes == filled(kBatchedBytes + 1, 7));
    CHECK(reader->read_many(slab, rows, count, single) == Status::empty);
  }
}

TEST_CASE("a batch has no more units than rows") {
  const auto arena = create_arena(ring_config(WhenFull::fail));
  Writer writer(arena);
  BroadcastReader reader(arena, From::oldest);
  for (int i = 0; i < 5; ++i) REQUIRE(writer.try_write({}, {}, 0) == Status::ok);
  std::vector<std::byte> slab(kBatchedBytes);
  std::vector<BatchRow> rows(3);
  std::size_t count = 0;
  Kept single;
  CHECK(reader.read_many(slab, rows, count, single) == Status::ok);
  CHECK(count == 3);
  CHECK(reader.lag() == 2);
}

TEST_CASE("a borrowed record is read when its loan ends, and too long ones are not lent") {
  const auto arena = create_arena(ring_config(WhenFull::fail));
  Writer writer(arena);
  BroadcastReader reader(arena, From::oldest);
  REQUIRE(writer.try_write(filled(100, 7), {}, 0) == Status::ok);
  RecordView record;
  CHECK(reader.borrow(record, 99) == Status::too_large);
  REQUIRE(reader.borrow(record) == Status::ok);
  CHECK(record.bytes[99] == std::byte{7});
  CHECK(reader.lag() == 1);
  CHECK(reader.end_loan());
  CHECK(reader.lag() == 0);
  CHECK(reader.end_loan());
}

TEST_CASE("a loan that a writer has overwritten is told of, and counts among the lost") {
  const auto arena = create_arena(ring_config(WhenFull::overwrite));
  Writer writer(arena);
  BroadcastReader reader(arena, From::oldest);
  REQUIRE(writer.try_write(filled(100, 7), {}, 0) == Status::ok);
  RecordView record;
  REQUIRE(reader.borrow(record) == Status::ok);
  CHECK_FALSE(reader.overtaken());
  for (int i = 0; i < 100; ++i) {
    REQUIRE(writer.try_write(filled(100, i), {}, 0) == Status::ok);
  }
  CHECK(reader.overtaken());
  CHECK_FALSE(reader.end_loan());
  CHECK(reader.lost() > 0);
  CHECK(reader.borrow(record) == Status::lapped);
  CHECK(reader.borrow(record) == Status::ok);
}
