#include "locked_ring.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <vector>

namespace {
using arena::locked::LockedRing;
using arena::locked::ReadOutcome;

using Record = std::array<std::byte, 16>;

Record record(int value) {
  Record bytes;
  bytes.fill(static_cast<std::byte>(value));
  return bytes;
}

/// The value of the record that the reader reads next.
int read_value(LockedRing& ring, std::uint32_t reader) {
  Record target{};
  std::uint64_t behind = 0;
  REQUIRE(ring.read(reader, target.data(), 0, behind) == ReadOutcome::record);
  return static_cast<int>(target.front());
}
}  // namespace

TEST_CASE("every reader reads every record, in order") {
  LockedRing ring(4, sizeof(Record));
  ring.add_writer();
  const auto first = ring.add_reader();
  const auto second = ring.add_reader();
  for (const int value : {1, 2, 3}) CHECK(ring.try_write(record(value).data()));
  for (const int value : {1, 2, 3}) CHECK(read_value(ring, first) == value);
  for (const int value : {1, 2, 3}) CHECK(read_value(ring, second) == value);
}

TEST_CASE("a full ring refuses a record until the slowest reader has read one") {
  LockedRing ring(2, sizeof(Record));
  ring.add_writer();
  const auto reader = ring.add_reader();
  CHECK(ring.try_write(record(1).data()));
  CHECK(ring.try_write(record(2).data()));
  CHECK_FALSE(ring.try_write(record(3).data()));
  CHECK(read_value(ring, reader) == 1);
  CHECK(ring.try_write(record(3).data()));
}

TEST_CASE("a reader learns that nothing is there, and the end once the last writer is done") {
  LockedRing ring(2, sizeof(Record));
  ring.add_writer();
  const auto reader = ring.add_reader();
  Record target{};
  std::uint64_t behind = 0;
  CHECK(ring.read(reader, target.data(), 0, behind) == ReadOutcome::nothing);
  ring.writer_done();
  CHECK(ring.read(reader, target.data(), 0, behind) == ReadOutcome::ended);
}

TEST_CASE("records of one process arrive in another") {
  constexpr int kRecords = 1000;
  LockedRing ring(8, sizeof(Record));
  ring.add_writer();
  const auto reader = ring.add_reader();
  const pid_t child = fork();
  if (child == 0) {
    for (int sent = 0; sent < kRecords;) {
      if (ring.try_write(record(sent % 200).data())) {
        ++sent;
      } else {
        ring.wait_for_room(100);
      }
    }
    ring.writer_done();
    _exit(0);
  }
  int received = 0;
  bool in_order = true;
  Record target{};
  std::uint64_t behind = 0;
  for (;;) {
    const ReadOutcome outcome = ring.read(reader, target.data(), 100, behind);
    if (outcome == ReadOutcome::ended) break;
    if (outcome == ReadOutcome::nothing) continue;
    in_order = in_order && target.front() == static_cast<std::byte>(received % 200);
    ++received;
  }
  waitpid(child, nullptr, 0);
  CHECK(in_order);
  CHECK(received == kRecords);
}
