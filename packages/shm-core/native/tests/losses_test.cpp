#include "losses.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <set>
#include <vector>

#include "arenas.hpp"
#include "joined.hpp"

using namespace arena::tests;

namespace {

RegionConfig config_for(std::uint32_t peers) { return pool_config(2, 256, peers); }

void kill_one(const std::shared_ptr<Region>& region) { joined_child(region, Role::writer).kill(); }

/// The next peer of slot 0 is of this generation.
void turn_generation_to(const Region& region, std::uint32_t generation) {
  region.peers()[0].state = PeerState{PeerPhase::free, 0, 0, generation - 1}.pack();
}

std::set<std::uint32_t> pids_of(const std::vector<LostPeer>& lost) {
  std::set<std::uint32_t> pids;
  for (const LostPeer& peer : lost) pids.insert(peer.pid);
  return pids;
}

}  // namespace

TEST_CASE("every survivor is told of a loss, even when it neither recovered nor watched the peer") {
  const auto region = create_region(config_for(4));
  const auto one = attach(region), two = attach(region), unaware = attach(region);
  Forked child = joined_child(region, Role::reader);
  one->check_peers();
  two->check_peers();
  child.kill();
  CHECK(one->check_peers().size() == 1);
  CHECK(two->check_peers().size() == 1);
  const auto told = unaware->check_peers();
  REQUIRE(told.size() == 1);
  CHECK(told[0].pid == static_cast<std::uint32_t>(child.pid()));
  CHECK(told[0].role == Role::reader);
  CHECK(attach(region)->check_peers().empty());
}

TEST_CASE("losses of one slot without a look in between are told apart") {
  const auto region = create_region(config_for(1));
  const auto idle = attach(region), busy = attach(region);
  std::vector<std::uint32_t> killed;
  for (int i = 0; i < 3; ++i) {
    Forked child = joined_child(region, Role::writer);
    child.kill();
    CHECK(busy->check_peers().size() == 1);
    killed.push_back(static_cast<std::uint32_t>(child.pid()));
  }
  const auto told = idle->check_peers();
  REQUIRE(told.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(told[i].pid == killed[i]);
  CHECK(idle->check_peers().empty());
}

TEST_CASE("all possible peers die at once, and every survivor is told of each, once") {
  const auto region = create_region(config_for(kMaxPeers));
  std::vector<std::shared_ptr<Attachment>> survivors;
  for (int i = 0; i < 3; ++i) survivors.push_back(attach(region));
  std::vector<Forked> children;
  std::set<std::uint32_t> expected;
  for (std::uint32_t i = 0; i < kMaxPeers; ++i) {
    children.push_back(joined_child(region, i % 2 ? Role::reader : Role::writer));
    expected.insert(static_cast<std::uint32_t>(children.back().pid()));
  }
  for (Forked& child : children) child.kill();
  for (const auto& survivor : survivors) {
    const auto told = survivor->check_peers();
    CHECK(told.size() == kMaxPeers);
    CHECK(pids_of(told) == expected);
    CHECK(survivor->check_peers().empty());
  }
}

TEST_CASE("survivors that find many dead at the same time tell of each once") {
  const auto region = create_region(config_for(60));
  const auto idle = attach(region);
  for (int round = 0; round < 4; ++round) {
    std::vector<Forked> victims, finders;
    for (int i = 0; i < 50; ++i) victims.push_back(joined_child(region, Role::writer));
    Shared<std::atomic<int>> ready, dead, right;
    for (int i = 0; i < 4; ++i) {
      finders.emplace_back([&] {
        const auto arena = attach(region->handle());
        ++*ready;
        while (*dead == 0) {
        }
        std::size_t told = 0;
        while (told < 50) told += arena->check_peers().size();
        *right += told == 50 && arena->check_peers().empty();
        return true;
      });
    }
    while (*ready < 4) ::usleep(500);
    for (Forked& victim : victims) victim.kill();
    *dead = 1;
    for (Forked& finder : finders) CHECK(finder.succeeded());
    CHECK(*right == 4);
    CHECK(idle->check_peers().size() == 50);
  }
}

TEST_CASE("a loss is told in every generation of its slot") {
  const auto region = create_region(config_for(1));
  const auto finder = attach(region), other = attach(region);
  for (const std::uint32_t generation :
       {1u, 2u, 0x7fffffu, 0x800000u, 0x800001u, 0xfffffeu, 0xffffffu, 0x1000000u}) {
    CAPTURE(generation);
    turn_generation_to(*region, generation);
    Forked child = joined_child(region, Role::writer);
    // After the last generation comes 1: 0 means no generation.
    CHECK(finder->peers().state(0).generation == (generation == 0x1000000 ? 1 : generation));
    child.kill();
    CHECK(finder->check_peers().size() == 1);
    CHECK(other->check_peers().size() == 1);
  }
}

TEST_CASE("a loss is told although the last one in its slot was of the same generation") {
  const auto region = create_region(config_for(1));
  const auto arena = attach(region);
  turn_generation_to(*region, 9);
  kill_one(region);
  CHECK(arena->check_peers().size() == 1);
  // All other generations have had the slot since.
  turn_generation_to(*region, 9);
  kill_one(region);
  CHECK(arena->check_peers().size() == 1);
}

TEST_CASE("a telling that broke off after any step is finished by the next survivor") {
  const auto region = create_region(config_for(2));
  const auto before = attach(region);
  Forked child = joined_child(region, Role::writer);
  const PeerState state = before->peers().state(0);
  child.kill();
  PeerSlot& slot = region->peers()[0];
  const LossWord loss{0, state.generation, LossWord::kUntold, Role::writer, state.pid};
  slot.reclaimed_units = 5;

  SUBCASE("before it began") {}
  SUBCASE("when the entry was taken") { region->losses()[0].peer = loss.with(1).pack(); }
  SUBCASE("when what was taken back was noted") {
    region->losses()[0].peer = loss.with(1).pack();
    region->losses()[0].reclaimed = ReclaimedWord{5, 0, 1}.pack();
  }
  SUBCASE("when it was marked as told") {
    region->losses()[0].peer = loss.with(1).pack();
    region->losses()[0].reclaimed = ReclaimedWord{5, 0, 1}.pack();
    slot.lost = loss.with(LossWord::kTold).pack();
  }
  if (slot.lost == 0) slot.lost = loss.pack();
  slot.state = state.with(PeerPhase::dead).pack();
  const auto after = attach(region);
  for (const auto& survivor : {before, after}) {
    const auto told = survivor->check_peers();
    REQUIRE(told.size() == 1);
    CHECK(told[0].pid == static_cast<std::uint32_t>(child.pid()));
    CHECK(told[0].reclaimed_units == 5);
    CHECK(survivor->check_peers().empty());
  }
  CHECK(region->control().loss_count == 1);
}

TEST_CASE("a reader that looks too late is told of the last losses, and of none twice") {
  const auto region = create_region(config_for(1));
  const auto busy = attach(region), late = attach(region);
  const std::uint32_t kept = kept_losses(1);
  std::vector<std::uint32_t> killed;
  for (std::uint32_t i = 0; i < 2 * kept + 5; ++i) {
    Forked child = joined_child(region, Role::writer);
    child.kill();
    CHECK(busy->check_peers().size() == 1);
    killed.push_back(static_cast<std::uint32_t>(child.pid()));
  }
  const auto told = late->check_peers();
  // take_new() does not look at the entry of the next loss: a process may be writing there.
  REQUIRE(told.size() == kept - 1);
  for (std::uint32_t i = 0; i < told.size(); ++i) {
    CHECK(told[i].pid == killed[killed.size() - told.size() + i]);
  }
  CHECK(late->check_peers().empty());
}

TEST_CASE("a loss of many units and leases is told with their numbers, up to 2^24 - 1") {
  const auto region = create_region(config_for(1));
  const auto arena = attach(region);
  Forked child = joined_child(region, Role::reader);
  region->peers()[0].reclaimed_units = 70'000;
  region->peers()[0].reclaimed_leases = std::uint64_t{1} << 40;
  child.kill();
  const auto told = arena->check_peers();
  REQUIRE(told.size() == 1);
  CHECK(told[0].reclaimed_units == 70'000);
  CHECK(told[0].reclaimed_leases == ReclaimedWord::kMost);
}

TEST_CASE("whatever a peer writes over the losses, looking and telling come to an end") {
  const auto region = create_region(config_for(2));
  const auto arena = attach(region);
  Control& control = region->control();
  for (const std::uint64_t count : {~std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{3}}) {
    control.loss_count = count;
    for (std::uint32_t i = 0; i < kept_losses(2); ++i) region->losses()[i].peer = ~std::uint64_t{i};
    kill_one(region);
    CHECK(arena->check_peers().size() <= kept_losses(2));
    CHECK(arena->peers().state(0).phase == PeerPhase::free);
  }
}
