#include "peers.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "arenas.hpp"
#include "failures.hpp"
#include "joined.hpp"
#include "sanitized.hpp"

using namespace arena::tests;

namespace {

RegionConfig config_for(std::uint32_t peers) { return pool_config(2, 256, peers); }

PeerPhase phase_of(Attachment& arena, std::uint32_t index) {
  return arena.peers().state(index).phase;
}

void leave_slot(Attachment& arena, const Peer& peer) {
  REQUIRE(arena.peers().begin_leaving(peer));
  arena.peers().strike(peer);
  arena.peers().free(peer);
}

/// Sets slot `index` to the phase `phase` of a process `pid` that started at `start_time`.
void pretend(Attachment& arena, std::uint32_t index, PeerPhase phase, std::uint32_t pid,
             std::uint64_t start_time, Role role) {
  PeerSlot& slot = arena.peers().slot(index);
  const std::uint32_t generation = PeerState::unpack(slot.state.load()).generation + 1;
  slot.start_time = start_time;
  slot.state = PeerState{phase, pid, PeerState::low(start_time), generation}.pack();
  Control& control = arena.region().control();
  control.members[index] = Member{role, generation}.pack();
  if (control.peer_limit <= index) control.peer_limit = index + 1;
  control.peer_epoch.fetch_add(1);
}

/// While this object lives, the process can open no file.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { end(); }
  void end() const { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("peers take the lowest free slots, each under a new generation") {
  const auto arena = create_arena(config_for(3));
  const Peer first = arena->join(Role::writer);
  const Peer second = arena->join(Role::reader);
  CHECK(first.index == 0);
  CHECK(second.index == 1);
  CHECK(arena->peers().members(Role::writer) == 1);
  CHECK(arena->peers().members(Role::reader) == 1);
  leave_slot(*arena, first);
  CHECK(arena->peers().members(Role::writer) == 0);
  const Peer third = arena->join(Role::reader);
  CHECK(third.index == 0);
  CHECK(third.state.generation != first.state.generation);
}

TEST_CASE("a full table is an error that says how many places there are") {
  const auto arena = create_arena(config_for(2));
  arena->join(Role::writer);
  const Peer peer = arena->join(Role::reader);
  CHECK(code_of([&] { arena->join(Role::reader); }) == "ERR_ARENA_TOO_MANY_PEERS");
  CHECK(message_of([&] { arena->join(Role::reader); }).find("all 2 places") != std::string::npos);
  leave_slot(*arena, peer);
  CHECK(arena->join(Role::reader).index == peer.index);
}

TEST_CASE("what is done for a past tenant of a slot does not touch the present one") {
  const auto arena = create_arena(config_for(2));
  const Peer past = arena->join(Role::writer);
  leave_slot(*arena, past);
  const Peer present = arena->join(Role::writer);
  REQUIRE(present.index == past.index);
  CHECK_FALSE(arena->peers().begin_leaving(past));
  CHECK_FALSE(arena->peers().mark_dead(past));
  CHECK_FALSE(arena->peers().is_dead(past));
  arena->peers().strike(past);
  arena->peers().free(past);
  CHECK(phase_of(*arena, present.index) == PeerPhase::live);
  CHECK(arena->peers().members(Role::writer) == 1);
}

TEST_CASE("a killed process is proven dead, told of once, and its slot is free again") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Forked child = joined_child(region, Role::writer);
  CHECK(arena->check_peers().empty());
  child.kill();
  const auto lost = arena->check_peers();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].pid == static_cast<std::uint32_t>(child.pid()));
  CHECK(lost[0].role == Role::writer);
  CHECK(phase_of(*arena, 0) == PeerPhase::free);
  CHECK(arena->peers().members(Role::writer) == 0);
  CHECK(arena->check_peers().empty());
  CHECK(arena->take_lost().empty());
}

TEST_CASE("a reader that died after it had closed, with a lease out, is told of as a reader") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Forked child = joined_child(region, Role::reader);
  arena->check_peers();
  arena->peers().strike({0, arena->peers().state(0), Role::reader});
  child.kill();
  const auto lost = arena->check_peers();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].role == Role::reader);
}

TEST_CASE("a writer that died after it had closed, with a unit kept open, is told of as a writer") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Forked child = joined_child(region, Role::writer);
  arena->check_peers();
  arena->peers().retire({0, arena->peers().state(0), Role::writer});
  CHECK(arena->peers().members(Role::writer) == 0);
  child.kill();
  const auto lost = arena->check_peers();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].role == Role::writer);
  // It had closed: to readers, that is no loss of a writer.
  CHECK((arena->region().control().history & kWriterLost) == 0);
  CHECK(phase_of(*arena, 0) == PeerPhase::free);
}

TEST_CASE("a process whose start time differs in the upper bits alone is another one") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Forked child = joined_child(region, Role::writer);
  arena->peers().slot(0).start_time.fetch_add(std::uint64_t{1} << PeerState::kStartBits);
  CHECK(arena->check_peers().size() == 1);
  CHECK(child.running());
}

TEST_CASE("a peer counts as alive while no descriptor is free to prove its death" *
          doctest::skip(kNeedsDescriptors)) {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Forked child = joined_child(region, Role::writer);
  const std::uint32_t pid = static_cast<std::uint32_t>(child.pid());
  const NoDescriptors none;
  CHECK_THROWS_AS(start_time_of(pid), std::system_error);
  CHECK(arena->check_peers().empty());
  CHECK(phase_of(*arena, 0) == PeerPhase::live);
  child.kill();
  none.end();
  CHECK(arena->check_peers().size() == 1);
}

TEST_CASE("a death that no process watched for is proven at the first look") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  joined_child(region, Role::reader).kill();
  const auto lost = arena->check_peers();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].role == Role::reader);
}

TEST_CASE("a process that has ended and was not collected is dead") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Forked child = joined_child(region, Role::writer);
  arena->check_peers();
  ::kill(child.pid(), SIGKILL);
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT) == 0);
  CHECK(arena->check_peers().size() == 1);
}

TEST_CASE("a stopped process is alive") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Forked child = joined_child(region, Role::writer);
  child.stop();
  const auto other = attach(region);
  for (int i = 0; i < 5; ++i) {
    CHECK(arena->check_peers().empty());
    CHECK(other->check_peers().empty());
    ::usleep(30'000);
  }
  CHECK(phase_of(*arena, 0) == PeerPhase::live);
  child.resume();
  CHECK(arena->check_peers().empty());
}

TEST_CASE("a process whose first thread has ended is alive until the last one has") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Shared<std::atomic<int>> step;
  Forked child([&] {
    attach(region->handle())->join(Role::writer);
    std::thread([&] {
      *step = 1;
      while (*step == 1) ::usleep(1000);
      ::_exit(0);
    }).detach();
    ::syscall(SYS_exit, 0);
    return false;
  });
  while (*step == 0) ::usleep(1000);
  ::usleep(20'000);
  CHECK(arena->check_peers().empty());
  *step = 2;
  CHECK(child.succeeded());
  CHECK(arena->check_peers().size() == 1);
}

TEST_CASE("a pid that means another process by now belongs to a dead peer") {
  const auto arena = create_arena(config_for(4));
  Forked bystander([] {
    for (;;) ::pause();
    return true;
  });
  const auto pid = static_cast<std::uint32_t>(bystander.pid());
  const std::uint64_t started = start_time_of(pid).value();
  pretend(*arena, 0, PeerPhase::live, pid, started, Role::writer);
  pretend(*arena, 1, PeerPhase::live, pid, started - 1, Role::writer);
  CHECK(arena->check_peers().size() == 1);
  CHECK(phase_of(*arena, 0) == PeerPhase::live);
  CHECK(phase_of(*arena, 1) == PeerPhase::free);
}

TEST_CASE("our own pid belongs to a dead peer when that peer had it before us") {
  const auto arena = create_arena(config_for(4));
  const ProcessIdentity self = this_process();
  pretend(*arena, 0, PeerPhase::live, self.pid, self.start_time, Role::reader);
  pretend(*arena, 1, PeerPhase::live, self.pid, self.start_time - 7, Role::reader);
  CHECK(arena->check_peers().size() == 1);
  CHECK(phase_of(*arena, 0) == PeerPhase::live);
  CHECK(phase_of(*arena, 1) == PeerPhase::free);
}

TEST_CASE("a pid of no process, of another process or of a thread belongs to a dead peer") {
  const ProcessIdentity self = this_process();
  CHECK(ProcessWatch::open(self).has_value());
  CHECK_FALSE(ProcessWatch::open({self.pid, self.start_time + 1}).has_value());
  CHECK_FALSE(ProcessWatch::open({0x3fffff, 1}).has_value());
  bool alive = true;
  std::thread([&] {
    const auto tid = static_cast<std::uint32_t>(::gettid());
    alive = ProcessWatch::open({tid, start_time_of(tid).value()}).has_value();
  }).join();
  CHECK_FALSE(alive);
}

TEST_CASE("a process that dies while it joins loses no slot and lets no process wait") {
  const auto arena = create_arena(config_for(2));
  Forked child([] { return true; });
  const auto pid = static_cast<std::uint32_t>(child.pid());
  REQUIRE(child.succeeded());
  PeerSlot& slot = arena->peers().slot(0);

  SUBCASE("before it said so anywhere") {
    slot.state = PeerState{PeerPhase::joining, pid, 1, 1}.pack();
    arena->join(Role::reader);
    CHECK(arena->join(Role::reader).index == 0);
  }
  SUBCASE("when it was a member already") {
    pretend(*arena, 0, PeerPhase::joining, pid, 1, Role::writer);
    CHECK(arena->peers().members(Role::writer) == 1);
    CHECK(arena->check_peers().size() == 1);
    CHECK(arena->peers().members(Role::writer) == 0);
    CHECK(phase_of(*arena, 0) == PeerPhase::free);
  }
}

TEST_CASE("a joining peer is looked at again, because no event announces its death") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Forked child([] {
    for (;;) ::pause();
    return true;
  });
  const auto pid = static_cast<std::uint32_t>(child.pid());
  pretend(*arena, 0, PeerPhase::joining, pid, start_time_of(pid).value(), Role::none);
  CHECK(arena->check_peers().empty());
  // The peer became a member after we began to watch it.
  region->control().members[0] = Member{Role::reader, arena->peers().state(0).generation}.pack();
  CHECK(arena->check_peers().empty());
  child.kill();
  const auto lost = arena->check_peers();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].role == Role::reader);
}

TEST_CASE("a peer killed while it left is cleaned up, and is not counted as lost") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Forked child = joined_child(region, Role::writer);
  arena->check_peers();
  std::uint64_t live = region->peers()[0].state.load();
  region->peers()[0].state = PeerState::unpack(live).with(PeerPhase::leaving).pack();
  child.kill();
  CHECK(arena->check_peers().empty());
  CHECK(phase_of(*arena, 0) == PeerPhase::free);
  CHECK(arena->peers().members(Role::writer) == 0);
}

TEST_CASE("many processes that join and die at once leave an empty table") {
  const auto region = create_region(config_for(8));
  const auto arena = attach(region);
  for (int round = 0; round < 5; ++round) {
    std::vector<Forked> children;
    for (int i = 0; i < 6; ++i) {
      children.push_back(Forked([&] {
        const auto other = attach(region->handle());
        for (int n = 0; n < 30; ++n)
          leave_slot(*other, other->join(n % 2 ? Role::reader : Role::writer));
        other->join(Role::writer);
        return true;
      }));
    }
    ::usleep(1000 * round);
    for (std::size_t i = 0; i < children.size(); i += 2) children[i].kill();
    for (std::size_t i = 1; i < children.size(); i += 2) CHECK(children[i].succeeded());
    arena->check_peers();
    CHECK(arena->peers().members(Role::writer) == 0);
    CHECK(arena->peers().members(Role::reader) == 0);
    for (std::uint32_t index = 0; index < 8; ++index)
      CHECK(phase_of(*arena, index) == PeerPhase::free);
  }
}
