/// Writers and readers in real processes. Every unit is counted and checked.
#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <vector>

#include "arenas.hpp"
#include "forked.hpp"
#include "sanitized.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

constexpr std::uint32_t kMost = 8;
constexpr std::uint32_t kUnits = kSanitized ? 100 : 300;

/// Shared by the processes of one run.
struct Board {
  std::atomic<std::uint32_t> joined;
  struct Seen {
    std::uint64_t units, lost;
    /// A hash over the stamps, in the order in which they came.
    std::uint64_t order;
  };
  std::array<Seen, kMost> seen;
};

/// All processes join before the first unit, so that no reader sees an early end.
void meet(Board& board, std::uint32_t everybody) {
  board.joined.fetch_add(1);
  while (board.joined < everybody) ::usleep(200);
}

/// Prints a fault in a child, where doctest cannot check.
bool says(const char* what, std::uint32_t value) {
  std::fprintf(stderr, "child process: %s %u\n", what, value);
  return false;
}

bool write_all(Writer& writer, std::uint32_t id, Random random, std::uint64_t most_bytes) {
  for (std::uint32_t number = 0; number < kUnits; ++number) {
    const std::uint64_t byte_length = random.below(4) == 0 ? 0 : random.below(most_bytes + 1);
    if (random.below(16) == 0) {
      OpenUnit given_up;
      if (writer.try_acquire(byte_length, {}, given_up) == Status::ok) writer.abort(given_up);
    }
    const Status status = write(writer, {id, number}, byte_length);
    if (status != Status::ok) return says("a write ended with", static_cast<std::uint32_t>(status));
  }
  return true;
}

/// Reads to the end. With `gaps` a writer's numbers may skip some, but never go back.
bool read_all(Reader& reader, bool gaps, Board::Seen& seen) {
  std::array<std::uint32_t, kMost> next{};
  for (;;) {
    Received received;
    const Status status = read(reader, received);
    if (status == Status::ended) break;
    if (status == Status::lapped && reader.arena().queue().overwrite()) continue;
    if (status != Status::ok) return says("a read ended with", static_cast<std::uint32_t>(status));
    const auto [writer, number] = received.stamp;
    if (!received.intact || writer >= kMost) return says("a torn unit of", writer);
    std::uint32_t& expected = next[writer];
    if (number < expected) return says("repeated", number);
    if (!gaps && number != expected) return says("missing", expected);
    expected = received.stamp.number + 1;
    ++seen.units;
    seen.order =
        (seen.order ^ (std::uint64_t{received.stamp.writer} << 32 | received.stamp.number)) *
        0x100000001b3;
  }
  if (BroadcastReader* const broadcast = as_broadcast(reader)) seen.lost = broadcast->lost();
  return true;
}

/// Number of segments that a writer could open now, when no reader needs their units.
std::uint32_t serving_segments(const std::shared_ptr<Attachment>& arena) {
  const auto open = [&] {
    auto segment = arena->segments().open(0);
    while (!segment && arena->queue().drop_oldest()) segment = arena->segments().open(0);
    return segment.has_value();
  };
  std::uint32_t opened = 0;
  while (arena->segments().count() > opened && open()) ++opened;
  return opened;
}

void run(const RegionConfig& config, std::uint32_t writers, std::uint32_t readers, Board& board) {
  const auto region = create_region(config);
  const std::uint64_t most_bytes = config.kind == Kind::pool ? config.segment_size : 700;
  const bool gaps = config.when_full == WhenFull::overwrite ||
                    (config.kind == Kind::pool && config.broadcast == 0);
  std::vector<Forked> children;
  for (std::uint32_t id = 0; id < writers; ++id) {
    children.emplace_back([&, id] {
      Writer writer(attach(region->handle()));
      meet(board, writers + readers);
      const bool written = write_all(writer, id, Random(id + 1), most_bytes);
      writer.close();
      return written;
    });
  }
  for (std::uint32_t id = 0; id < readers; ++id) {
    children.emplace_back([&, id] {
      const auto opened_reader = open_reader(attach(region->handle()), From::oldest);
      Reader& reader = *opened_reader;
      meet(board, writers + readers);
      return read_all(reader, gaps, board.seen[id]);
    });
  }
  for (Forked& child : children) CHECK(child.succeeded());

  const auto arena = attach(region);
  const ArenaStats stats = arena->stats();
  CHECK(stats.written_units == std::uint64_t{writers} * kUnits);
  CHECK(stats.leases_out == 0);
  CHECK(arena->peers().members(Role::writer) + arena->peers().members(Role::reader) == 0);
  CHECK(serving_segments(arena) == config.segment_count);
}

template <typename Check>
void for_every_crowd(const RegionConfig& config, Check check) {
  for (std::uint32_t writers = 1; writers <= 4; ++writers) {
    for (std::uint32_t readers = 1; readers <= 4; ++readers) {
      CAPTURE(writers);
      CAPTURE(readers);
      Shared<Board> board;
      run(config, writers, readers, *board);
      check(*board, std::uint64_t{writers} * kUnits, readers);
    }
  }
}

void check_all_see_all(const Board& board, std::uint64_t units, std::uint32_t readers) {
  for (std::uint32_t id = 0; id < readers; ++id) {
    CHECK(board.seen[id].units == units);
    CHECK(board.seen[id].order == board.seen[0].order);
  }
}

}  // namespace

TEST_CASE("a ring that waits: every reader process sees every record, in one order") {
  for_every_crowd(ring_config(WhenFull::wait), check_all_see_all);
}

TEST_CASE("a fan-out: every reader process sees every unit, in one order") {
  for_every_crowd(fan_out_config(3), check_all_see_all);
}

TEST_CASE("a pool: every unit goes to one reader process") {
  for_every_crowd(pool_config(3),
                  [](const Board& board, std::uint64_t units, std::uint32_t readers) {
                    std::uint64_t seen = 0;
                    for (std::uint32_t id = 0; id < readers; ++id) seen += board.seen[id].units;
                    CHECK(seen == units);
                  });
}

TEST_CASE(
    "a ring that overwrites: every unit that a reader process sees is whole, the rest is counted") {
  for_every_crowd(ring_config(WhenFull::overwrite),
                  [](const Board& board, std::uint64_t units, std::uint32_t readers) {
                    for (std::uint32_t id = 0; id < readers; ++id) {
                      CHECK(board.seen[id].units > 0);
                      // What was lost may include records that were given up.
                      CHECK(board.seen[id].units + board.seen[id].lost >= units);
                    }
                  });
}
