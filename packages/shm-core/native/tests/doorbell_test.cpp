#include "doorbell.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "arenas.hpp"
#include "forked.hpp"
#include "peer_state.hpp"

using namespace arena::tests;

namespace {

bool has_rung(int fd) {
  struct pollfd entry {
    fd, POLLIN, 0
  };
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLIN) != 0;
}

/// An arena with one reader. The tests ring the doorbell of that reader.
struct Fixture {
  std::shared_ptr<Region> region = create_region(pool_config(1));
  std::shared_ptr<Attachment> owner = attach(region);
  Peer peer = owner->join(Role::reader);
  DoorbellRinger ringer{region->peers(), region->config().peer_count};
  PeerSlot& slot() { return region->peers()[peer.index]; }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a ring makes the owner's descriptor readable until it is drained") {
  CHECK_FALSE(has_rung(owner->doorbell().read_fd()));
  CHECK(ringer.ring(peer.index));
  CHECK(ringer.ring(peer.index));
  CHECK(has_rung(owner->doorbell().read_fd()));
  owner->doorbell().drain();
  CHECK_FALSE(has_rung(owner->doorbell().read_fd()));
}

TEST_CASE_FIXTURE(Fixture, "another process rings through the peer table") {
  Forked child([&] {
    const auto other = attach(region->handle());
    DoorbellRinger theirs(other->region().peers(), other->region().config().peer_count);
    return theirs.ring(peer.index);
  });
  CHECK(child.succeeded());
  CHECK(has_rung(owner->doorbell().read_fd()));
}

TEST_CASE_FIXTURE(Fixture, "undrained rings never block the ringer") {
  for (int i = 0; i < 100'000; ++i) REQUIRE(ringer.ring(peer.index));
  owner->doorbell().drain();
  CHECK_FALSE(has_rung(owner->doorbell().read_fd()));
  CHECK(ringer.ring(peer.index));
  CHECK(has_rung(owner->doorbell().read_fd()));
}

TEST_CASE_FIXTURE(Fixture, "a free slot, or one that does not exist, cannot be rung") {
  CHECK_FALSE(ringer.ring(peer.index + 1));
  CHECK_FALSE(ringer.ring(region->config().peer_count));
  CHECK_FALSE(ringer.ring(~0u));
}

TEST_CASE_FIXTURE(Fixture, "a peer that died is no longer rung") {
  Shared<std::atomic<std::uint32_t>> index;
  Forked child([&] {
    const auto other = attach(region->handle());
    *index = other->join(Role::reader).index + 1;
    for (;;) ::pause();
    return true;
  });
  while (*index == 0 && child.running()) ::usleep(1000);
  REQUIRE(ringer.ring(*index - 1));
  child.kill();
  CHECK_FALSE(ringer.ring(*index - 1));
  CHECK_FALSE(ringer.ring(*index - 1));
}

TEST_CASE_FIXTURE(Fixture, "a descriptor that means another pipe by now is not written to") {
  int other[2];
  REQUIRE(::pipe2(other, O_NONBLOCK | O_CLOEXEC) == 0);
  slot().doorbell_fd = static_cast<std::uint64_t>(other[0]);
  CHECK_FALSE(ringer.ring(peer.index));
  CHECK_FALSE(has_rung(other[0]));
  ::close(other[0]);
  ::close(other[1]);
}

TEST_CASE_FIXTURE(Fixture, "a descriptor that is no pipe, or none at all, is not written to") {
  const int file = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  slot().doorbell_fd = static_cast<std::uint64_t>(file);
  CHECK_FALSE(ringer.ring(peer.index));
  ::close(file);
  slot().doorbell_fd = 1'000'000;
  CHECK_FALSE(ringer.ring(peer.index));
}

TEST_CASE_FIXTURE(Fixture, "the next tenant of a slot is rung at its own doorbell") {
  REQUIRE(ringer.ring(peer.index));
  owner->doorbell().drain();
  owner->peers().strike(peer);
  REQUIRE(owner->peers().begin_leaving(peer));
  owner->peers().free(peer);
  const auto next = attach(region);
  REQUIRE(next->join(Role::reader).index == peer.index);
  CHECK(ringer.ring(peer.index));
  CHECK(has_rung(next->doorbell().read_fd()));
  CHECK_FALSE(has_rung(owner->doorbell().read_fd()));
}
