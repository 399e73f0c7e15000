/// Units that are kept open: JavaScript has moved a unit's buffer, and can still write to the
/// unit's memory after the abort of the unit and after the close of the writer.
#include "copy.hpp"
#include "scenarios.hpp"

namespace arena::tests {
namespace {

constexpr Stamp kFirst{kChild, 0};

void two_unread(World& world) {
  world.try_write();
  world.try_write();
}

void keep_one_open(Actor& actor, std::uint32_t self) {
  actor.write_as(self);
  actor.open(0, actor.unit_bytes());
  actor.writer->keep_open();
}

void close_with_one_kept(Actor& actor, std::uint32_t self) {
  keep_one_open(actor, self);
  actor.writer->close();
}

/// Writes to the unit as JavaScript does through a moved buffer.
void write_to_kept(Actor& child) {
  const std::vector<std::byte> bytes(child.unit.byte_length, std::byte{0x5a});
  copy_contested(child.unit.bytes, bytes.data(), bytes.size());
}

bool has_place(Actor& child) {
  const Peer& self = child.writer->peer();
  const PeerState now = child.arena->peers().state(self.index);
  return now.generation == self.state.generation && now.phase == PeerPhase::live;
}

void demand_kept(Actor& child) {
  demand(child.arena->peers().members(Role::writer) == 1, "a closed writer is still waited for");
  demand(has_place(child), "a closed writer has lost the place of what it keeps open");
  write_to_kept(child);
}

void demand_left(Actor& child) {
  demand(!has_place(child), "a closed writer keeps its place for nothing");
}

}  // namespace

void add_kept_scenarios(std::vector<Scenario>& to, const std::string& kind,
                        const RegionConfig& config) {
  Scenario made;
  made.config = config;
  made.setup = two_unread;
  made.outcomes = {{kFirst, kNever, kNever}};

  made.name = kind + "/writer closes and keeps a unit open";
  made.prepare = [](Actor& child) { keep_one_open(child, kChild); };
  made.operate = [](Actor& child) {
    child.writer->close();
    write_to_kept(child);
  };
  made.leave = demand_kept;
  to.push_back(made);

  made.name = kind + "/give up a unit that was kept open";
  made.prepare = [](Actor& child) { close_with_one_kept(child, kChild); };
  made.operate = [](Actor& child) {
    write_to_kept(child);
    child.writer->give_up(child.unit);
  };
  made.leave = demand_left;
  to.push_back(made);

  made.name = kind + "/recovery of a unit that was kept open";
  made.outcomes = {{{kThird, 0}, kNever, kNever}};
  made.third = [](Actor& third) { close_with_one_kept(third, kThird); };
  made.prepare = [](Actor& child) {
    child.attach();
    child.arena->check_peers();
  };
  made.operate = [](Actor& child) { child.arena->check_peers(); };
  made.leave = [](Actor&) {};
  to.push_back(made);

  made.name += " while others recover";
  made.meanwhile = [](World& world) {
    world.look_after_peers();
    world.reuse_all_room();
  };
  to.push_back(made);
}

}  // namespace arena::tests
