#include <cstring>

#include "scenarios.hpp"

namespace arena::tests {
namespace {

void three_unread(World& world) {
  for (int i = 0; i < 3; ++i) world.try_write();
}

void become_reader(Actor& child) { child.read(); }

void take_one(Actor& child) {
  child.read();
  child.reader->take(child.taken);
}

void finish_one(Actor& child) {
  take_one(child);
  child.reader->finish(child.taken);
}

/// Copies each unit that it receives, and leases none.
struct Copies final : Receiver {
  bool accepts(const RecordView&) override { return accepting; }
  std::byte* envelope(std::size_t) override { return memory; }
  bool lease(const TakenUnit&) override { return false; }
  std::byte* copy(const TakenUnit&) override { return memory; }
  void revoke() noexcept override {}
  std::byte memory[1024];
  bool accepting = true;
};

void read_one(Actor& child) {
  Copies copies;
  child.reader->read(copies);
}

void refuse_one(Actor& child) {
  Copies copies;
  copies.accepting = false;
  child.reader->read(copies);
}

void read_batch(Actor& child) {
  static std::byte slab[kBatchedBytes];
  BatchRow rows[4];
  std::size_t count = 0;
  Copies copies;
  child.reader->read_many(slab, rows, count, copies);
}

/// The unit that the child has taken is whole and the right one, unless the child was overtaken.
void demand_whole(Actor& child) {
  const RecordView& view = child.taken.view;
  if (view.bytes == nullptr) return;
  Stamp stamp;
  std::vector<std::byte> copy(view.bytes, view.bytes + view.byte_length);
  std::memcpy(&stamp, view.envelope, sizeof stamp);
  if (child.arena->queue().broadcast() && !child.reader->finish(child.taken)) return;
  demand(is_filled(copy.data(), copy.size(), stamp), "a unit that was taken is torn");
  // Survivors have written all records so far, and each record is one unit.
  demand(stamp == Stamp{kSurvivor, static_cast<std::uint32_t>(view.sequence)},
         "a unit that was taken is another by now");
}

}  // namespace

void add_reader_scenarios(std::vector<Scenario>& to, const std::string& kind,
                          const RegionConfig& config) {
  // The surviving reader does not see a unit that the child has taken, except in a broadcast.
  const bool all_see_all = config.kind == Kind::ring || config.broadcast != 0;
  const Times gone = all_see_all ? kOnce : kNever, perhaps = all_see_all ? kOnce : kMaybe;
  // The number of the survivor's first unread unit. World::go_round has written the units before.
  const std::uint32_t number = config.cell_count + 3;
  const Stamp first{kSurvivor, number}, second{kSurvivor, number + 1}, third{kSurvivor, number + 2};
  const auto add = [&](const char* name, std::function<void(Actor&)> prepare,
                       std::function<void(Actor&)> operate, std::vector<Outcome> outcomes) {
    Scenario made;
    made.name = kind + name;
    made.config = config;
    made.setup = three_unread;
    made.prepare = std::move(prepare);
    made.operate = std::move(operate);
    made.outcomes = std::move(outcomes);
    to.push_back(made);
  };
  add("/take", become_reader, [](Actor& child) { child.reader->take(child.taken); },
      {{first, kOnce, kOnce}});
  to.back().leave = demand_whole;
  add("/finish", take_one, [](Actor& child) { child.reader->finish(child.taken); },
      {{first, perhaps, gone}});
  add("/read what the receiver refuses", become_reader, refuse_one, {{first, kOnce, kOnce}});
  if (all_see_all) {
    add("/read", become_reader, read_one, {{first, kOnce, kOnce}});
    add("/read a batch", become_reader, read_batch, {{first, kOnce, kOnce}});
  }
  add("/give back", take_one, [](Actor& child) { child.reader->give_back(child.taken); },
      {{first, kOnce, kOnce}});
  add("/release", finish_one, [](Actor& child) { child.reader->release(child.taken); },
      {{first, gone, gone}});
  add(
      "/release by a closed reader",
      [](Actor& child) {
        finish_one(child);
        child.reader->close();
      },
      [](Actor& child) { child.reader->release(child.taken); }, {{first, gone, gone}});
  add("/reader closes with a lease", finish_one, [](Actor& child) { child.reader->close(); },
      {{first, gone, gone}});
  add("/reader closes with a unit taken", take_one, [](Actor& child) { child.reader->close(); },
      {{first, kOnce, kOnce}});
  add(
      "/reader waits",
      [](Actor& child) {
        child.read();
        while (child.reader->take(child.taken) == Status::ok) child.reader->finish(child.taken);
        child.arena->check_peers();
      },
      [](Actor& child) { child.reader->wait({}); },
      {{first, gone, gone}, {second, gone, gone}, {third, gone, gone}});
  to.back().unblock = [](World& world) {
    world.try_write();
    world.arena().wake_everybody();
  };
  add("/reader arms and disarms", become_reader,
      [](Actor& child) {
        child.reader->arm();
        child.reader->disarm();
      },
      {});
  add("/reader asks for several units", become_reader,
      [](Actor& child) {
        child.reader->arm(3);
        child.reader->disarm();
      },
      {});
  if (all_see_all) {
    add("/reader skips to the newest", become_reader,
        [](Actor& child) { as_broadcast(*child.reader)->sync_to_newest(); }, {});
  }
}

}  // namespace arena::tests
