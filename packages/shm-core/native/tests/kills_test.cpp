/// Processes are killed at random moments. No committed unit is lost or seen twice.
#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "arenas.hpp"
#include "forked.hpp"
#include "sanitized.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

constexpr std::uint32_t kWriters = 3, kReaders = 3, kUnits = 4000;
constexpr int kRounds = kSanitized ? 10 : 60;

/// Whether a unit is committed. A process that is killed in between leaves kMaybe.
enum Progress : std::uint8_t { kNever, kMaybe, kSurely };

struct Board {
  std::array<std::array<std::atomic<std::uint8_t>, kUnits>, kWriters> committed;
  /// How often readers have begun to finish a unit, and how often they have finished it.
  std::array<std::array<std::atomic<std::uint8_t>, kUnits>, kWriters> begun, finished;
  std::array<std::atomic<std::uint32_t>, kWriters> written;
};

bool write_until_killed(Writer& writer, std::uint32_t id, Board& board, std::uint64_t most_bytes) {
  Random random(id + 7);
  for (std::uint32_t number = 0; number < kUnits; ++number) {
    OpenUnit unit;
    const Stamp stamp{id, number};
    const std::uint64_t byte_length = random.below(3) == 0 ? 0 : random.below(most_bytes + 1);
    Status status = Status::full;
    while ((status = try_open(writer, stamp, byte_length, unit)) == Status::full) {
      status = writer.wait(writer.placement(byte_length, sizeof stamp), {});
      if (status == Status::peer_lost) ::usleep(100);
    }
    if (status != Status::ok) return false;
    board.written[id] = number + 1;
    board.committed[id][number] = kMaybe;
    // Full until the cells of writers that were killed in a commit are recovered.
    while ((status = writer.commit(unit, byte_length)) == Status::full) ::usleep(100);
    if (status != Status::ok) return false;
    board.committed[id][number] = kSurely;
  }
  return true;
}

/// Takes units and keeps a few leases, so that some are out at the kill.
bool read_until_killed(Reader& reader, Board& board) {
  std::array<TakenUnit, 2> kept;
  for (std::uint32_t turn = 0;; ++turn) {
    TakenUnit unit;
    const Status status = reader.take(unit);
    if (status == Status::empty) {
      if (reader.wait({}) != Status::ok) return false;
      continue;
    }
    if (status == Status::ended || status == Status::peer_lost) return true;
    if (status != Status::ok) return false;
    Stamp stamp;
    std::memcpy(&stamp, unit.view.envelope, sizeof stamp);
    if (!is_filled(unit.view.bytes, unit.view.byte_length, stamp)) return false;
    board.begun[stamp.writer][stamp.number].fetch_add(1);
    if (!reader.finish(unit)) return false;
    board.finished[stamp.writer][stamp.number].fetch_add(1);
    reader.release(kept[turn % kept.size()]);
    kept[turn % kept.size()] = unit;
  }
}

/// The numbers of the units that the survivor has read, for each writer.
using Delivered = std::array<std::vector<std::uint32_t>, kWriters>;

bool deliver(Reader& reader, Delivered& delivered, Deadline deadline) {
  for (Received received;;) {
    const Status status = read(reader, received, deadline);
    if (status == Status::ended || status == Status::peer_lost) return true;
    if (status != Status::ok || !received.intact) return false;
    delivered[received.stamp.writer].push_back(received.stamp.number);
  }
}

void check_exclusive(const Board& board, const Delivered& delivered) {
  for (std::uint32_t id = 0; id < kWriters; ++id) {
    std::vector<int> times(kUnits);
    for (const std::uint32_t number : delivered[id]) ++times[number];
    for (std::uint32_t number = 0; number < board.written[id]; ++number) {
      CAPTURE(id);
      CAPTURE(number);
      const auto committed = board.committed[id][number].load();
      // Killed readers and the survivor together.
      const int least = board.finished[id][number] + times[number];
      const int most = board.begun[id][number] + times[number];
      REQUIRE(least <= 1);
      if (committed == kSurely) REQUIRE(most >= 1);
      if (committed == kNever) REQUIRE(most == 0);
    }
  }
}

void check_broadcast(const Board& board, const Delivered& delivered) {
  for (std::uint32_t id = 0; id < kWriters; ++id) {
    std::uint32_t expected = 0;
    for (const std::uint32_t number : delivered[id]) {
      REQUIRE(number == expected);
      ++expected;
    }
    const std::uint32_t written = board.written[id];
    const bool last_committed = written > 0 && board.committed[id][written - 1] != kNever;
    REQUIRE(expected + 1 >= written);
    if (written > 0 && board.committed[id][written - 1] == kSurely) REQUIRE(expected == written);
    if (!last_committed) REQUIRE(expected <= written);
  }
}

void check_empty_and_working(const std::shared_ptr<Attachment>& arena, Writer& writer,
                             Reader& reader) {
  arena->check_peers();
  CHECK(arena->segments().free_count() == arena->segments().count());
  CHECK(arena->peers().members(Role::writer) == 1);
  CHECK(arena->peers().members(Role::reader) == 1);
  for (std::uint32_t number = 0; number < 50; ++number) {
    REQUIRE(write(writer, {0, number}, number % 2 ? 200 : 0) == Status::ok);
    Received received;
    REQUIRE(try_read(reader, received) == Status::ok);
    REQUIRE(received.stamp.number == number);
  }
}

void kill_round(RegionConfig config, Random& random) {
  // One more writer comes when the others are dead.
  config.writers = kWriters + 1;
  const auto region = create_region(config);
  const auto arena = attach(region);
  const bool broadcast = arena->queue().broadcast();
  Shared<Board> board;
  auto watcher = open_reader(arena, From::oldest);
  if (!broadcast) watcher.reset();
  std::vector<Forked> children;
  for (std::uint32_t id = 0; id < kWriters; ++id) {
    children.emplace_back([&, id] {
      Writer writer(attach(region->handle()));
      return write_until_killed(writer, id, *board, 200);
    });
  }
  for (std::uint32_t id = 0; id < kReaders; ++id) {
    children.emplace_back([&] {
      const auto opened_reader = open_reader(attach(region->handle()), From::oldest);
      Reader& reader = *opened_reader;
      return read_until_killed(reader, *board);
    });
  }
  Delivered delivered;
  while (!children.empty()) {
    if (watcher) {
      const Deadline until = Clock::now() + std::chrono::microseconds(random.below(4000));
      deliver(*watcher, delivered, until);
    } else {
      ::usleep(static_cast<useconds_t>(random.below(4000)));
    }
    const std::size_t victim = random.below(children.size());
    children[victim].kill();
    std::swap(children[victim], children.back());
    children.pop_back();
  }
  const auto opened_heir = open_reader(arena, From::oldest);
  Reader& heir = *opened_heir;
  Reader& reader = watcher ? *watcher : heir;
  if (watcher) heir.close();
  arena->check_peers();
  // A living writer keeps the stream open: the reader reads all units, then its wait times out.
  Writer writer(arena);
  REQUIRE_FALSE(deliver(reader, delivered, Clock::now()));
  if (broadcast) {
    check_broadcast(*board, delivered);
  } else {
    check_exclusive(*board, delivered);
  }
  check_empty_and_working(arena, writer, reader);
}

void kill_rounds(const RegionConfig& config) {
  for (int round = 1; round <= kRounds; ++round) {
    CAPTURE(round);
    Random random(static_cast<std::uint64_t>(round));
    kill_round(config, random);
  }
}

}  // namespace

TEST_CASE("a pool survives the random deaths of all its processes") { kill_rounds(pool_config(4)); }

TEST_CASE("a ring that waits survives the random deaths of all its processes") {
  kill_rounds(ring_config(WhenFull::wait));
}

TEST_CASE("a fan-out survives the random deaths of all its processes") {
  kill_rounds(fan_out_config(8));
}
