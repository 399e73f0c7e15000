#include "scenarios.hpp"

namespace arena::tests {
namespace {

constexpr Stamp kFirst{kChild, 0}, kSecond{kChild, 1};

void two_unread(World& world) {
  world.try_write();
  world.try_write();
}

void fill_arena(World& world) {
  if (world.region()->config().when_full == WhenFull::overwrite) world.allow_losses();
  for (std::uint32_t i = 0; i < world.region()->config().cell_count && world.try_write(); ++i) {
  }
}

void become_writer(Actor& child) { child.write_as(kChild); }

Scenario scenario(const std::string& name, const RegionConfig& config) {
  Scenario made;
  made.name = name;
  made.config = config;
  made.setup = two_unread;
  made.prepare = become_writer;
  return made;
}

}  // namespace

void add_writer_scenarios(std::vector<Scenario>& to, const std::string& kind,
                          const RegionConfig& config) {
  Scenario made = scenario(kind + "/acquire", config);
  made.operate = [](Actor& child) {
    child.writer->try_acquire(child.unit_bytes(), {}, child.unit);
  };
  made.outcomes = {{kFirst, kNever, kNever}};
  to.push_back(made);

  made.name = kind + "/acquire when full";
  made.setup = fill_arena;
  to.push_back(made);

  made.name = kind + "/acquire when the last reader has left";
  made.setup = [](World& world) {
    fill_arena(world);
    world.close_reader();
  };
  to.push_back(made);

  made.name = kind + "/acquire when the last reader has left and the next one comes";
  made.meanwhile = [](World& world) { world.open_reader(); };
  to.push_back(made);

  if (config.kind == Kind::ring || config.broadcast != 0) {
    made = scenario(kind + "/commit while another reader comes", config);
    made.setup = [](World& world) {
      fill_arena(world);
      world.read_all();
    };
    made.operate = [](Actor& child) { child.commit_one(0); };
    made.meanwhile = [](World& world) { world.open_second_reader(); };
    made.outcomes = {{kFirst, kMaybe, kMaybe}};
    to.push_back(made);
  }

  for (const bool bytes : {true, false}) {
    made = scenario(kind + (bytes ? "/commit" : "/commit without bytes"), config);
    made.prepare = [=](Actor& child) {
      become_writer(child);
      child.open(0, bytes ? child.unit_bytes() : 0);
    };
    made.operate = [=](Actor& child) {
      child.writer->commit(child.unit, bytes ? child.unit_bytes() : 0);
    };
    made.outcomes = {{kFirst, kMaybe, kOnce}};
    to.push_back(made);

    made.name = kind + (bytes ? "/abort" : "/abort without bytes");
    made.operate = [](Actor& child) { child.writer->abort(child.unit); };
    made.outcomes = {{kFirst, kNever, kNever}};
    to.push_back(made);
  }

  made = scenario(kind + "/write", config);
  made.operate = [](Actor& child) {
    std::byte bytes[600];
    const auto filled = std::span(bytes).first(child.unit_bytes());
    fill(filled.data(), filled.size(), kFirst);
    child.writer->try_write(filled, std::as_bytes(std::span(&kFirst, 1)), 0);
  };
  made.outcomes = {{kFirst, kMaybe, kOnce}};
  to.push_back(made);

  made = scenario(kind + "/write inline", config);
  made.operate = [](Actor& child) { try_write(*child.writer, kFirst, 0); };
  made.outcomes = {{kFirst, kMaybe, kOnce}};
  to.push_back(made);

  made.name = kind + "/write inline what may be the first of all";
  made.fresh = true;
  made.setup = [](World&) {};
  to.push_back(made);

  made = scenario(kind + "/writer closes", config);
  made.prepare = [](Actor& child) {
    become_writer(child);
    child.commit_one(0);
    child.open(1, child.unit_bytes());
  };
  made.operate = [](Actor& child) { child.writer->close(); };
  made.outcomes = {{kFirst, kOnce, kOnce}, {kSecond, kNever, kNever}};
  to.push_back(made);

  made = scenario(kind + "/flush", config);
  made.setup = [](World& world) {
    world.try_write();
    world.ask_for(3);
  };
  made.operate = [](Actor& child) { child.writer->flush(); };
  to.push_back(made);

  made = scenario(kind + "/writer waits", config);
  made.setup = fill_arena;
  made.prepare = [](Actor& child) {
    become_writer(child);
    // The child watches its peers already: it looks at them before it sleeps, and opens no process.
    child.arena->check_peers();
  };
  made.operate = [](Actor& child) {
    child.writer->wait(child.writer->placement(child.unit_bytes(), sizeof(Stamp)), {});
  };
  made.unblock = [](World& world) {
    world.read_all();
    world.arena().wake_everybody();
  };
  to.push_back(made);

  made.name = kind + "/writer arms and disarms";
  made.operate = [](Actor& child) {
    child.writer->arm(child.writer->placement(child.unit_bytes(), sizeof(Stamp)));
    child.writer->disarm();
  };
  to.push_back(made);
}

}  // namespace arena::tests
