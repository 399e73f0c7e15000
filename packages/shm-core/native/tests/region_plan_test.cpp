#include "region_plan.hpp"

#include <doctest/doctest.h>

#include "arenas.hpp"

using namespace arena::tests;

TEST_CASE("a plan becomes a configuration that a region can have") {
  PoolPlan pool;
  pool.segment_size = 100'000;
  pool.segment_count = 5;
  const RegionConfig config = config_of(pool);
  CHECK(invalid_field(config) == nullptr);
  CHECK(config.kind == Kind::pool);
  CHECK(config.capacity == kDefaultQueueBytes);
  CHECK(config.peer_count == kDefaultPeers);
  CHECK(config.cell_count == 2 * 5 + 64 + kDefaultQueueBytes / 256);
}

TEST_CASE("a capacity is rounded up to pages, and to granules where there would be too many") {
  RingPlan ring;
  ring.capacity = 100;
  CHECK(config_of(ring).capacity == kPageSize);
  CHECK(config_of(ring).cell_count == 64);
  ring.capacity = std::uint64_t{5} << 30;
  const RegionConfig config = config_of(ring);
  CHECK(invalid_field(config) == nullptr);
  CHECK(config.granule_shift > 6);
  CHECK(config.capacity >= ring.capacity);
  CHECK(config.cell_count == 65536);
}

TEST_CASE("a ring of slots has room for as many records of that size, and no more of them") {
  for (const std::uint64_t slot_bytes : {1, 64, 65, 1000, 100'000}) {
    RingPlan ring;
    ring.slots = 10;
    ring.slot_bytes = slot_bytes;
    const auto arena = create_arena(config_of(ring));
    Writer writer(arena);
    const auto reader = open_reader(arena, From::oldest);
    const std::vector<std::byte> bytes(slot_bytes);
    std::size_t written = 0;
    while (writer.try_write(bytes, {}, Writer::kToQueue) == Status::ok) ++written;
    CHECK(written == 10);
  }
}

TEST_CASE("slots that no region has room for are refused") {
  RingPlan ring;
  ring.slots = 1 << 26;
  ring.slot_bytes = std::uint64_t{1} << 44;
  CHECK(invalid_field(config_of(ring)) == std::string("capacity"));
}
