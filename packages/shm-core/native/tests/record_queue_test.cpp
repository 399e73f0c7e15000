#include "record_queue.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>

#include "arenas.hpp"
#include "failures.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

/// A queue with a writer's slot, as the transports use it. One granule is 64 bytes.
struct Fixture {
  explicit Fixture(const RegionConfig& config = ring_config(WhenFull::fail))
      : arena(create_arena(config)), owner(arena->join(Role::writer).index) {}
  RecordQueue& queue() { return arena->queue(); }
  OpenRecord claim(std::uint64_t span = 1) {
    OpenRecord open;
    REQUIRE(queue().claim(owner, span, 0, open) == Status::ok);
    return open;
  }
  Status try_claim(std::uint64_t span, std::uint32_t keep = 0) {
    OpenRecord open;
    return queue().claim(owner, span, keep, open);
  }
  std::uint64_t commit(std::uint64_t span = 1) {
    const OpenRecord open = claim(span);
    queue().cell(open.sequence).taker =
        TakerWord{TakerWord::kNobody, 0, queue().turn_of(open.sequence)}.pack();
    queue().commit(open);
    return open.sequence;
  }
  Look look(std::uint64_t sequence) {
    RecordView view;
    return queue().look(sequence, view);
  }
  /// Registers a reader of the broadcast that has read all records below.
  void read_up_to(std::uint64_t sequence) { arena->peers().slot(reader()).position = sequence; }
  std::uint32_t reader() {
    if (!reader_) {
      reader_ = arena->join(Role::reader).index;
      queue().register_reader(*reader_);
    }
    return *reader_;
  }
  std::shared_ptr<Attachment> arena;
  std::uint32_t owner;
  std::optional<std::uint32_t> reader_;
};

struct ExclusiveFixture : Fixture {
  ExclusiveFixture() : Fixture(pool_config(2)) {}
};
struct OverwriteFixture : Fixture {
  OverwriteFixture() : Fixture(ring_config(WhenFull::overwrite)) {}
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "a span is payload and envelope, each rounded up to 8 bytes, in granules") {
  CHECK(queue().span_of(0, 0) == 0);
  CHECK(queue().span_of(1, 0) == 1);
  CHECK(queue().span_of(64, 0) == 1);
  CHECK(queue().span_of(57, 1) == 2);
  CHECK(queue().span_of(56, 8) == 1);
  CHECK(queue().span_of(65, 0) == 2);
}

TEST_CASE_FIXTURE(Fixture, "lengths near 2^64 make a span that never fits, not a small one") {
  const auto max = std::numeric_limits<std::uint64_t>::max();
  for (const auto& [bytes, envelope] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {max, 0}, {max, max}, {0, max}, {max - 63, 64}, {max / 2, max / 2}}) {
    CHECK(queue().span_of(bytes, envelope) > queue().capacity_granules());
    CHECK(try_claim(queue().span_of(bytes, envelope)) == Status::too_large);
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a record is claimed, then committed or skipped, and nothing is there before") {
  CHECK(look(0) == Look::nothing);
  const OpenRecord first = claim(), second = claim();
  CHECK(look(0) == Look::claimed);
  queue().commit(first);
  queue().skip(second);
  CHECK(look(0) == Look::committed);
  CHECK(look(1) == Look::skipped);
  CHECK(look(2) == Look::nothing);
  CHECK(queue().tail() == 2);
}

TEST_CASE_FIXTURE(Fixture, "records lie one behind the other, each on a 64-byte boundary") {
  const OpenRecord first = claim(3), second = claim(1), third = claim(2);
  CHECK(second.bytes == first.bytes + 3 * 64);
  CHECK(third.bytes == second.bytes + 64);
  CHECK(third.span_bytes == 128);
}

TEST_CASE_FIXTURE(Fixture,
                  "a record may be as large as the whole area, and then nothing else fits") {
  read_up_to(0);
  CHECK(try_claim(65) == Status::too_large);
  const std::uint64_t all = commit(64);
  CHECK(try_claim(1) == Status::full);
  CHECK(try_claim(0) == Status::ok);
  read_up_to(all + 1);
  CHECK(try_claim(1) == Status::ok);
}

TEST_CASE_FIXTURE(Fixture, "a record that passes the end of the area goes on at its beginning") {
  read_up_to(0);
  read_up_to(commit(60) + 1);
  const OpenRecord wrapped = claim(10);
  fill(wrapped.bytes, wrapped.span_bytes, {1, 2});
  CHECK(wrapped.bytes == arena->region().records() + 60 * 64);
  CHECK(std::memcmp(wrapped.bytes + 4 * 64, arena->region().records(), 6 * 64) == 0);
}

TEST_CASE_FIXTURE(Fixture, "cells run out before bytes do, and come free with read records") {
  read_up_to(0);
  for (int i = 0; i < 8; ++i) commit(0);
  CHECK(try_claim(0) == Status::full);
  read_up_to(3);
  CHECK(try_claim(0, 2) == Status::ok);
  CHECK(try_claim(0, 2) == Status::full);
  CHECK(try_claim(0, 0) == Status::ok);
}

TEST_CASE_FIXTURE(Fixture, "a claim that another process left behind its tail hint is found") {
  commit();
  commit();
  // As if the writer had died between its claim and the update of the hint.
  arena->region().control().tail = 0;
  CHECK(claim().sequence == 2);
  CHECK(arena->region().control().tail.load() == 3);
}

TEST_CASE_FIXTURE(Fixture,
                  "a start that a contender wrote and died before claiming is used by the next") {
  commit(5);
  queue().cell(1).start = 5;
  const OpenRecord open = claim(2);
  CHECK(open.sequence == 1);
  CHECK(open.bytes == arena->region().records() + 5 * 64);
  CHECK(claim().bytes == arena->region().records() + 7 * 64);
}

TEST_CASE_FIXTURE(Fixture, "a writer that was given up cannot revive its record") {
  const OpenRecord open = claim();
  CHECK(queue().skip_word(open.sequence, open.word));
  queue().commit(open);
  CHECK(look(0) == Look::skipped);
  CHECK_FALSE(queue().skip_word(open.sequence, open.word));
}

TEST_CASE_FIXTURE(Fixture,
                  "a commit that comes a turn late does not touch the cell's next record") {
  read_up_to(0);
  const OpenRecord late = claim();
  queue().skip(late);
  for (int i = 0; i < 8; ++i) read_up_to(commit(1) + 1);
  REQUIRE(look(8) == Look::committed);
  const std::uint64_t before = queue().cell(8).word.load();
  queue().commit(late);
  queue().skip(late);
  CHECK(queue().cell(8).word.load() == before);
  CHECK(look(0) == Look::overwritten);
}

TEST_CASE_FIXTURE(Fixture, "before the first reader comes, records are kept for it") {
  for (int i = 0; i < 8; ++i) commit(1);
  CHECK(try_claim(1) == Status::full);
  CHECK(queue().register_reader(reader()) == 0);
  CHECK(try_claim(1) == Status::full);
}

TEST_CASE_FIXTURE(Fixture, "while the first reader registers, records are kept for it as well") {
  for (int i = 0; i < 8; ++i) commit(1);
  // A member without a position: a reader that is stopped between joining and registering.
  arena->join(Role::reader);
  CHECK(try_claim(1) == Status::full);
  CHECK_FALSE(queue().can_drop());
}

TEST_CASE_FIXTURE(Fixture, "when every reader has left, writers wait for none") {
  for (int i = 0; i < 8; ++i) commit(1);
  open_reader(arena, From::oldest)->close();
  CHECK(queue().can_drop());
  CHECK(try_claim(1) == Status::ok);
  CHECK(queue().oldest() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a record that is being written is never given up") {
  const OpenRecord open = claim();
  for (int i = 0; i < 7; ++i) commit(1);
  open_reader(arena, From::oldest)->close();
  CHECK(try_claim(1) == Status::full);
  queue().commit(open);
  CHECK(try_claim(1) == Status::ok);
}

TEST_CASE_FIXTURE(OverwriteFixture, "a record that is being written is not overwritten") {
  const OpenRecord open = claim();
  for (int i = 0; i < 7; ++i) commit(1);
  CHECK(try_claim(1) == Status::full);
  queue().skip(open);
  CHECK(try_claim(1) == Status::ok);
}

TEST_CASE_FIXTURE(OverwriteFixture,
                  "overwriting gives up the oldest records, no more than needed") {
  for (int i = 0; i < 4; ++i) commit(16);
  commit(17);
  CHECK(queue().oldest() == 2);
  CHECK(look(1) == Look::committed);
  commit(64);
  CHECK(queue().oldest() == 5);
}

TEST_CASE_FIXTURE(Fixture,
                  "a reader skips to the newest record, but never over one being written") {
  read_up_to(0);
  commit();
  commit();
  const OpenRecord open = claim();
  commit();
  CHECK(queue().first_unfinished(0) == 2);
  CHECK(queue().newest_after(0) == 1);
  CHECK(queue().newest_after(2) == 2);
  queue().skip(open);
  CHECK(queue().newest_after(0) == 3);
  CHECK(queue().first_unfinished(0) == 4);
  queue().skip(claim());
  CHECK(queue().newest_after(0) == 3);
  CHECK(queue().newest_after(4) == 5);
  CHECK(queue().newest_after(5) == 5);
}

TEST_CASE_FIXTURE(ExclusiveFixture, "the oldest record moves over skipped records, in order only") {
  const std::uint64_t first = commit(), second = commit();
  const auto skip = [&](std::uint64_t at) {
    return queue().skip_word(at, queue().cell(at).word.load());
  };
  CHECK(queue().committed_count() == 2);
  skip(second);
  CHECK(queue().refresh_floor() == 0);
  CHECK(queue().committed_count() == 1);
  skip(first);
  CHECK(queue().refresh_floor() == 2);
  CHECK(queue().committed_count() == 0);
}

TEST_CASE_FIXTURE(Fixture, "the free room is told in bytes") {
  read_up_to(0);
  CHECK(queue().free_bytes() == kPageSize);
  commit(10);
  CHECK(queue().free_bytes() == kPageSize - 640);
  read_up_to(1);
  CHECK(queue().free_bytes() == kPageSize);
}

TEST_CASE_FIXTURE(Fixture,
                  "a record that claims more than its span is corrupt, and poisons the arena") {
  const std::uint64_t at = commit(1);
  SUBCASE("payload") { queue().cell(at).byte_length = 65; }
  SUBCASE("envelope") { queue().cell(at).envelope_length = 65; }
  SUBCASE("both together") {
    queue().cell(at).byte_length = 60;
    queue().cell(at).envelope_length = 8;
  }
  SUBCASE("lengths that wrap when added") {
    queue().cell(at).byte_length = ~std::uint64_t{0} - 7;
    queue().cell(at).envelope_length = 8;
  }
  SUBCASE("a segment where there is none") { queue().cell(at).segment = 1; }
  SUBCASE("a span beyond the area") {
    RecordWord word = RecordWord::unpack(queue().cell(at).word.load());
    word.span = 65;
    queue().cell(at).word = word.pack();
  }
  CHECK(code_of([&] { look(at); }) == "ERR_ARENA_CORRUPT");
  CHECK(code_of([&] { try_claim(1); }) == "ERR_ARENA_CORRUPT");
}

TEST_CASE_FIXTURE(ExclusiveFixture, "a unit that is longer than its segment is corrupt") {
  const std::uint64_t at = commit(0);
  queue().cell(at).segment = 1;
  CHECK(look(at) == Look::committed);
  SUBCASE("payload") { queue().cell(at).byte_length = 257; }
  SUBCASE("envelope") { queue().cell(at).envelope_length = 65; }
  SUBCASE("no such segment") { queue().cell(at).segment = 3; }
  CHECK(code_of([&] { look(at); }) == "ERR_ARENA_CORRUPT");
}

TEST_CASE_FIXTURE(ExclusiveFixture,
                  "a tail that nobody can have written costs no more than a queue's length") {
  commit();
  arena->region().control().tail = std::uint64_t{1} << 60;
  CHECK(queue().committed_count() == 0);
  CHECK(queue().first_unfinished(0) >= std::uint64_t{1} << 60);
  const auto opened_reader = open_reader(arena, From::oldest);
  Reader& reader = *opened_reader;
  TakenUnit unit;
  CHECK(reader.take(unit) == Status::empty);
}
