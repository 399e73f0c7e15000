/// The content of a snapshot. Making one changes no byte of the arena.
#include "snapshot.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "arenas.hpp"
#include "failures.hpp"
#include "forked.hpp"
#include "process_facts.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

using Use = SegmentSnapshot::Use;

Descriptor open_file(const Region& region) {
  const Handle handle = region.handle();
  const std::string path = "/proc/self/fd/" + std::to_string(handle.fd);
  return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

const PeerSnapshot& peer_in(const Snapshot& found, std::uint32_t index) {
  const auto is_it = [&](const PeerSnapshot& peer) { return peer.index == index; };
  const auto at = std::find_if(found.peers.begin(), found.peers.end(), is_it);
  REQUIRE(at != found.peers.end());
  return *at;
}

std::vector<Use> uses_in(const Snapshot& found) {
  std::vector<Use> uses;
  for (const SegmentSnapshot& segment : found.segments) uses.push_back(segment.use);
  return uses;
}

struct Fixture {
  explicit Fixture(const RegionConfig& config = pool_config(4)) : region(create_region(config)) {}
  Snapshot look() { return region->snapshot(); }
  std::shared_ptr<Region> region;
  std::shared_ptr<Attachment> arena = attach(region);
  Writer writer{arena};
  std::unique_ptr<Reader> opened = open_reader(arena, From::oldest);
  Reader& reader = *opened;
};
struct RingFixture : Fixture {
  RingFixture() : Fixture(ring_config(WhenFull::wait)) {}
};
struct FanOutFixture : Fixture {
  FanOutFixture() : Fixture(fan_out_config(3)) {}
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a snapshot lists the peers, and shows that none waits") {
  const Snapshot found = look();
  REQUIRE(found.peers.size() == 2);
  CHECK(peer_in(found, writer.peer().index).role == Role::writer);
  CHECK(peer_in(found, reader.peer().index).role == Role::reader);
  for (const PeerSnapshot& peer : found.peers) {
    CHECK(peer.state.pid == static_cast<std::uint32_t>(::getpid()));
    CHECK(peer.state.phase == PeerPhase::live);
    CHECK_FALSE(peer.waiting_ms.has_value());
    CHECK_FALSE(peer.armed_readable);
  }
  CHECK(found.free_segments == 4);
  CHECK(found.records.empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "a snapshot says which segments are open, queued and leased, and by whom") {
  TakenUnit leased;
  REQUIRE(try_write(writer, {1, 0}, 100) == Status::ok);
  REQUIRE(reader.take(leased) == Status::ok);
  REQUIRE(reader.finish(leased));
  REQUIRE(try_write(writer, {1, 1}, 100) == Status::ok);
  OpenUnit open;
  REQUIRE(try_open(writer, {1, 2}, 100, open) == Status::ok);
  const Snapshot found = look();
  CHECK(uses_in(found) == std::vector<Use>{Use::leased, Use::queued, Use::open});
  CHECK(found.segments[0].holders == std::vector<std::uint32_t>{reader.peer().index});
  CHECK(found.segments[1].holders.empty());
  CHECK(found.segments[2].holders == std::vector<std::uint32_t>{writer.peer().index});
  CHECK(found.free_segments == 1);
  CHECK(found.leased_segments + found.queued_segments + found.open_segments == 3);
  REQUIRE(found.records.size() == 1);
  CHECK(found.records[0].segment == 1);
  CHECK(found.unread_records == 1);
  CHECK(peer_in(found, reader.peer().index).leases_out == 1);
}

TEST_CASE_FIXTURE(FanOutFixture, "a snapshot says who leases a segment that all have passed") {
  const auto opened_second = open_reader(arena, From::oldest);
  Reader& second = *opened_second;
  REQUIRE(try_write(writer, {1, 0}, 100) == Status::ok);
  TakenUnit first_lease;
  REQUIRE(reader.take(first_lease) == Status::ok);
  REQUIRE(reader.finish(first_lease));
  CHECK(uses_in(look()) == std::vector<Use>{Use::queued});
  Received received;
  REQUIRE(try_read(second, received) == Status::ok);
  const Snapshot found = look();
  CHECK(uses_in(found) == std::vector<Use>{Use::leased});
  CHECK(found.segments[0].holders == std::vector<std::uint32_t>{reader.peer().index});
  reader.release(first_lease);
  CHECK(look().free_segments == 3);
}

TEST_CASE_FIXTURE(RingFixture,
                  "a snapshot says behind which open unit readers wait, and how old it is") {
  REQUIRE(try_write(writer, {1, 0}, 100) == Status::ok);
  OpenUnit open;
  REQUIRE(try_open(writer, {1, 1}, 100, open) == Status::ok);
  REQUIRE(try_write(writer, {1, 2}, 100) == Status::ok);
  CHECK(peer_in(look(), reader.peer().index).next == Next::committed);
  Received received;
  REQUIRE(try_read(reader, received) == Status::ok);
  const Snapshot found = look();
  const PeerSnapshot& peer = peer_in(found, reader.peer().index);
  CHECK(peer.next == Next::open);
  CHECK(peer.next_sequence == 1);
  CHECK(peer.behind == 2);
  REQUIRE(found.records.size() == 2);
  CHECK(found.records[0].word.owner == writer.peer().index);
  CHECK(found.records[0].open_ms.has_value());
  CHECK(found.open_records == 1);
  CHECK(found.unread_records == 1);
}

TEST_CASE_FIXTURE(RingFixture, "a snapshot says since when calls wait, and whether they need not") {
  CHECK_FALSE(reader.arm());
  std::uint32_t number = 0;
  while (try_write(writer, {1, number}, 700) == Status::ok) ++number;
  CHECK_FALSE(writer.arm(writer.placement(700, sizeof(Stamp))));
  Snapshot found = look();
  const PeerSnapshot waiting = peer_in(found, writer.peer().index);
  CHECK(waiting.armed_writable);
  CHECK(waiting.waiting_ms.has_value());
  CHECK(waiting.looked_ms.has_value());
  CHECK_FALSE(waiting.wanted->in_segment);
  CHECK_FALSE(waiting.room);
  // The commits have rung the reader, and it has not looked yet.
  CHECK_FALSE(peer_in(found, reader.peer().index).armed_readable);
  CHECK(peer_in(found, reader.peer().index).waiting_ms.has_value());
  CHECK(peer_in(found, reader.peer().index).next == Next::committed);
  Received received;
  REQUIRE(try_read(reader, received) == Status::ok);
  CHECK(peer_in(look(), writer.peer().index).room);
  writer.disarm();
  writer.add_wait(5);
  CHECK_FALSE(peer_in(look(), writer.peer().index).waiting_ms.has_value());
}

TEST_CASE_FIXTURE(Fixture, "a blocked call is seen to wait, from its beginning on") {
  Shared<std::atomic<bool>> ready;
  Forked child([&] {
    const auto other = attach(region->handle());
    const auto opened_blocked = open_reader(other, From::oldest);
    Reader& blocked = *opened_blocked;
    *ready = true;
    bool continued = false;
    while (blocked.wait(after_ms(50), {}, continued) == Status::timed_out) continued = true;
    return true;
  });
  const auto waits_for = [&](std::uint64_t milliseconds) {
    for (const PeerSnapshot& peer : look().peers) {
      const bool its = peer.state.pid == static_cast<std::uint32_t>(child.pid());
      if (its && peer.waiting_ms.value_or(0) > milliseconds) return true;
    }
    return false;
  };
  while (!waits_for(300)) ::usleep(1000);
  CHECK((look().readable_event & 1) == 1);
  REQUIRE(try_write(writer, {1, 0}, 0) == Status::ok);
  CHECK(child.succeeded());
}

TEST_CASE_FIXTURE(Fixture, "looking changes no byte") {
  REQUIRE(try_write(writer, {1, 0}, 100) == Status::ok);
  OpenUnit open;
  REQUIRE(try_open(writer, {1, 1}, 0, open) == Status::ok);
  (void)reader.arm();
  const auto bytes = [&] {
    const auto* from = reinterpret_cast<const std::byte*>(&region->control());
    return std::vector<std::byte>(from, from + (region->layout().segments - kPageSize));
  };
  const auto before = bytes();
  for (int i = 0; i < 10; ++i) (void)look();
  const Descriptor file = open_file(*region);
  (void)take_snapshot_of(file.get(), "test");
  CHECK(bytes() == before);
}

TEST_CASE_FIXTURE(Fixture, "read from its file the arena looks as it does in memory") {
  REQUIRE(try_write(writer, {1, 0}, 100) == Status::ok);
  const Descriptor file = open_file(*region);
  const Snapshot found = take_snapshot_of(file.get(), "test");
  CHECK(found.creator.nonce == region->creator().nonce);
  CHECK(found.peers.size() == 2);
  CHECK(uses_in(found) == uses_in(look()));
  CHECK(found.records.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a file that holds no arena is refused") {
  const Descriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  CHECK(code_of([&] { (void)take_snapshot_of(file.get(), "path"); }) == "ERR_ARENA_INCOMPATIBLE");
}

TEST_CASE("a snapshot of any bytes stays within them") {
  for (const RegionConfig& config : {pool_config(4), ring_config(WhenFull::wait),
                                     ring_config(WhenFull::overwrite), fan_out_config(3)}) {
    const auto region = create_region(config);
    Random random(7);
    auto* words = reinterpret_cast<std::uint64_t*>(&region->control());
    const std::uint64_t count = (region->layout().records - kPageSize) / 8;
    for (int round = 0; round < 200; ++round) {
      for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t shift = random.below(64);
        if (random.below(4) == 0) words[i] = random.next() >> shift;
      }
      const Snapshot found = region->snapshot();
      CHECK(found.peers.size() <= config.peer_count);
      CHECK(found.segments.size() <= config.segment_count);
      CHECK(found.records.size() <= config.cell_count);
      CHECK(found.free_cells <= config.cell_count);
    }
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a process's state and its untaken rings are told, and nothing of a stranger") {
  const ProcessIdentity self = this_process();
  CHECK(facts_of(self).state == 'R');
  CHECK(facts_of({self.pid, self.start_time + 1}).state == 0);
  CHECK(facts_of({1u << 22, 0}).state == 0);
  Doorbell& doorbell = arena->doorbell();
  const auto rings = [&] {
    return untaken_rings(self.pid, static_cast<std::uint64_t>(doorbell.read_fd()),
                         doorbell.inode());
  };
  CHECK(rings() == 0);
  CHECK_FALSE(reader.arm());
  REQUIRE(try_write(writer, {1, 0}, 0) == Status::ok);
  CHECK(rings() == 1);
  CHECK(rings() == 1);
  doorbell.drain();
  CHECK(rings() == 0);
  CHECK_FALSE(untaken_rings(self.pid, 0, doorbell.inode()).has_value());
  Forked child([] {
    for (;;) ::pause();
    return true;
  });
  const auto pid = static_cast<std::uint32_t>(child.pid());
  const ProcessIdentity who{pid, start_time_of(pid).value()};
  child.stop();
  CHECK(facts_of(who).state == 'T');
  child.kill();
  CHECK(facts_of(who).state == 0);
}
