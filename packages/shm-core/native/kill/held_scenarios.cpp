/// Held units: other processes end a unit while its living writer still has it open.
#include <cstring>

#include "copy.hpp"
#include "scenarios.hpp"

namespace arena::tests {
namespace {

constexpr Stamp kFirst{kChild, 0};

void two_unread(World& world) {
  world.try_write();
  world.try_write();
}

void become_writer(Actor& child) { child.write_as(kChild); }

void open_held(Actor& child) {
  become_writer(child);
  child.open(0, child.held_bytes());
}

void open_overdue(Actor& child) {
  open_held(child);
  age_held_units(*child.arena);
}

void end_and_reuse(World& world) {
  world.end_held_units();
  world.reuse_all_room();
}

/// A unit is read once when its commit returned ok, and never otherwise.
void judge_commit(World& world, const Actor& child) {
  const bool committed = *child.said == Status::ok;
  demand(!committed || !world.has_ended_units(), "a unit that was ended is committed");
  world.expect(kFirst, committed ? kOnce : kNever);
}

void add_writers(std::vector<Scenario>& to, const std::string& kind, const RegionConfig& config) {
  Scenario made;
  made.config = config;
  made.setup = two_unread;

  made.name = kind + "/acquire a unit that is held";
  made.prepare = become_writer;
  made.operate = [](Actor& child) { child.open(0, child.held_bytes()); };
  made.outcomes = {{kFirst, kNever, kNever}};
  to.push_back(made);

  made.name = kind + "/acquire a unit that is ended at once";
  made.meanwhile = end_and_reuse;
  made.leave = [](Actor& child) {
    if (child.unit.held) child.commit(0);
  };
  made.judge = judge_commit;
  to.push_back(made);

  made.name = kind + "/commit while the unit is ended";
  made.prepare = open_overdue;
  made.operate = [](Actor& child) { child.commit(0); };
  made.outcomes = {{kFirst, kMaybe, kMaybe}};
  made.leave = [](Actor&) {};
  to.push_back(made);

  made.outcomes = {{kFirst, kNever, kNever}};
  made.judge = [](World&, const Actor&) {};
  made.name = kind + "/abort while the unit is ended";
  made.operate = [](Actor& child) { child.writer->abort(child.unit); };
  to.push_back(made);

  made.name = kind + "/writer closes while its unit is ended";
  made.operate = [](Actor& child) { child.writer->close(); };
  to.push_back(made);
}

/// The child ends an overdue unit of the surviving writer.
void add_enders(std::vector<Scenario>& to, const std::string& kind, const RegionConfig& config) {
  Scenario made;
  made.config = config;
  made.setup = [](World& world) {
    world.hold_unit();
    two_unread(world);
  };
  made.prepare = [](Actor& child) {
    child.attach();
    // The child looks at its peers before there is a unit to end.
    child.arena->check_peers();
    age_held_units(*child.arena);
  };
  made.operate = [](Actor& child) { child.arena->check_peers(); };

  made.name = kind + "/end a unit while others end it";
  made.meanwhile = [](World& world) {
    world.end_held_units();
    demand(world.commit_held_unit(), "a unit that was ended is committed");
    world.reuse_all_room();
  };
  to.push_back(made);

  made.name = kind + "/end a unit while it is committed";
  made.meanwhile = [](World& world) {
    world.commit_held_unit();
    world.reuse_all_room();
  };
  to.push_back(made);
}

/// Leaves the same state as a commit that is killed during its copy.
void begin_commit(Actor& third) {
  third.arena->queue().resume(third.unit.record);
  const std::vector<std::byte> half(third.held_bytes() / 2, std::byte{0x5a});
  copy_contested(third.unit.record.bytes, half.data(), half.size());
}

/// The writer is dead. The child dies while it ends and recovers the writer's unit.
void add_heirs(std::vector<Scenario>& to, const std::string& kind, const RegionConfig& config) {
  for (const bool copying : {false, true}) {
    Scenario made;
    made.config = config;
    made.setup = two_unread;
    made.third = [=](Actor& third) {
      third.write_as(kThird);
      third.open(0, third.held_bytes());
      if (copying) begin_commit(third);
      third.commit_one(1);
    };
    made.prepare = [](Actor& child) {
      child.attach();
      child.arena->check_peers();
      age_held_units(*child.arena);
    };
    made.operate = [](Actor& child) { child.arena->check_peers(); };
    made.outcomes = {{{kThird, 0}, kNever, kNever}, {{kThird, 1}, kOnce, kOnce}};
    made.name = kind + (copying ? "/recovery of a unit that was being committed"
                                : "/recovery of a unit that is overdue");
    to.push_back(made);

    made.name += " while others recover";
    made.meanwhile = end_and_reuse;
    to.push_back(made);
  }
}

}  // namespace

void add_held_scenarios(std::vector<Scenario>& to, const std::string& kind,
                        const RegionConfig& config) {
  add_writers(to, kind, config);
  add_enders(to, kind, config);
  add_heirs(to, kind, config);
}

}  // namespace arena::tests
