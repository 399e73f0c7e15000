#include "scenarios.hpp"

namespace arena::tests {
namespace {

void attach_only(Actor& child) { child.attach(); }

/// A broadcast's reader sees every record of the survivor from its first one on, each whole.
void demand_no_gap(Actor& child) {
  if (!child.arena->queue().broadcast()) return;
  std::optional<std::uint32_t> last;
  for (Received received;;) {
    const Status status = try_read(*child.reader, received);
    if (status == Status::lapped && child.arena->queue().overwrite()) {
      last.reset();
      continue;
    }
    if (status == Status::empty) return;
    demand(status == Status::ok, "a reader that joined cannot read");
    demand(received.intact, "a reader that joined sees a torn unit");
    demand(!last || received.stamp.number == *last + 1, "a reader that joined misses a unit");
    last = received.stamp.number;
  }
}

void close_reader_after_filling(World& world) {
  while (world.try_write()) {
    if (world.region()->config().when_full == WhenFull::overwrite) break;
  }
  world.close_reader();
}

/// Dies with units committed, open, leased and taken, some of them without bytes.
void die_with_everything(Actor& third) {
  third.write_as(kThird);
  third.read();
  third.reader->take(third.taken);
  third.reader->finish(third.taken);
  third.reader->take(third.taken);
  third.reader->take(third.taken);
  third.commit_one(0);
  third.open(1, third.unit_bytes());
  if (third.region->config().kind == Kind::pool) third.open(2, 0);
}

}  // namespace

void add_peer_scenarios(std::vector<Scenario>& to, const std::string& kind,
                        const RegionConfig& config) {
  Scenario made;
  made.config = config;
  made.setup = [](World& world) { world.try_write(); };
  made.prepare = attach_only;

  made.name = kind + "/writer joins";
  made.operate = [](Actor& child) { child.writer = std::make_unique<Writer>(child.arena); };
  to.push_back(made);

  made.name = kind + "/reader joins at the oldest";
  made.operate = [](Actor& child) { child.reader = core::open_reader(child.arena, From::oldest); };
  made.leave = demand_no_gap;
  to.push_back(made);

  made.name = kind + "/reader joins at the newest";
  made.operate = [](Actor& child) { child.reader = core::open_reader(child.arena, From::newest); };
  to.push_back(made);

  made.name = kind + "/reader joins when the last one has left";
  made.setup = close_reader_after_filling;
  made.operate = [](Actor& child) { child.reader = core::open_reader(child.arena, From::oldest); };
  to.push_back(made);

  made.leave = [](Actor&) {};
  made.setup = [](World& world) { world.try_write(); };
  made.name = kind + "/notify one";
  made.operate = [](Actor& child) {
    child.arena->readable().notify_one();
    child.arena->writable().notify_one();
  };
  to.push_back(made);
  made.name = kind + "/notify all";
  made.operate = [](Actor& child) { child.arena->wake_everybody(); };
  to.push_back(made);
  for (std::size_t i = to.size() - 2; i < to.size(); ++i) {
    to[i].setup = [](World& world) {
      world.try_write();
      world.pretend_to_wait();
    };
  }

  const bool all_see_all = config.kind == Kind::ring || config.broadcast != 0;
  const Stamp first{kSurvivor, config.cell_count + 3};
  const Times gone = all_see_all ? kOnce : kNever;
  made.name = kind + "/recovery";
  made.setup = [](World& world) {
    for (int i = 0; i < 3; ++i) world.try_write();
  };
  made.third = die_with_everything;
  made.prepare = [](Actor& child) {
    child.attach();
    child.arena->check_peers();
  };
  made.operate = [](Actor& child) { child.arena->check_peers(); };
  made.outcomes = {{first, gone, gone},
                   {{kThird, 0}, kOnce, kOnce},
                   {{kThird, 1}, kNever, kNever},
                   {{kThird, 2}, kNever, kNever}};
  to.push_back(made);

  made.name = kind + "/recovery while others recover";
  made.meanwhile = [](World& world) {
    world.look_after_peers();
    world.overtake();
  };
  to.push_back(made);

  made.name = kind + "/recovery while another takes the dead one's place";
  made.meanwhile = [](World& world) {
    world.look_after_peers();
    world.carry_on(3);
    world.open_as_successor();
  };
  to.push_back(made);
  made.meanwhile = nullptr;

  made.name = kind + "/recovery by one that never saw the dead";
  made.prepare = attach_only;
  to.push_back(made);

  made = {};
  made.config = config;
  made.name = kind + "/a whole life";
  made.prepare = [](Actor&) {};
  made.operate = [](Actor& child) {
    child.arena = attach(child.region->handle());
    child.write_as(kChild);
    child.read();
    child.commit_one(0);
    // Read one unit only: when the child was delayed over its own unit, units of survivors follow
    // it.
    Received received;
    try_read(*child.reader, received);
    child.reader.reset();
    child.writer.reset();
    child.arena.reset();
  };
  made.outcomes = {{{kChild, 0}, kMaybe, kMaybe}};
  // Leave no unit unread: the child would read it later instead of a survivor.
  made.meanwhile = [](World& world) { world.carry_on(24); };
  to.push_back(made);
}

/// In a fan-out a writer shares the segment after the commit. This one dies after the commit.
void die_before_sharing(Actor& third) {
  third.write_as(kThird);
  third.open(0, third.unit_bytes());
  RecordQueue& queue = third.arena->queue();
  OpenRecord record;
  queue.claim(third.writer->peer().index, 0, 0, record);
  Cell& cell = queue.cell(record.sequence);
  cell.byte_length = third.unit_bytes();
  cell.envelope_length = sizeof(Stamp);
  cell.segment = third.unit.segment.index + 1;
  cell.segment_generation = third.unit.segment.word.generation;
  queue.commit(record);
}

Scenario recovery_of_an_unshared_unit(const RegionConfig& config) {
  Scenario made;
  made.name = "fan-out/recovery of a unit that was not shared";
  made.config = config;
  made.third = die_before_sharing;
  made.prepare = [](Actor& child) {
    child.attach();
    child.arena->check_peers();
  };
  made.operate = [](Actor& child) { child.arena->check_peers(); };
  made.outcomes = {{{kThird, 0}, kOnce, kOnce}};
  // Survivors recover as well, and use the segment again many times, before the child goes on.
  made.meanwhile = [](World& world) {
    world.look_after_peers();
    world.overtake();
  };
  return made;
}

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> all;
  const std::pair<const char*, RegionConfig> kinds[] = {
      {"pool", pool_config(4)},
      {"ring that fails", ring_config(WhenFull::fail)},
      {"ring that waits", ring_config(WhenFull::wait)},
      {"ring that overwrites", ring_config(WhenFull::overwrite)},
      {"fan-out", fan_out_config(4)},
  };
  for (const auto& [kind, config] : kinds) {
    add_writer_scenarios(all, kind, config);
    add_reader_scenarios(all, kind, config);
    add_peer_scenarios(all, kind, config);
    add_kept_scenarios(all, kind, config);
  }
  const std::pair<const char*, RegionConfig> held[] = {
      {"pool, held", pool_config(4)},
      {"ring that waits, held", ring_config(WhenFull::wait)},
      {"ring that overwrites, held", ring_config(WhenFull::overwrite)},
      {"fan-out, held", fan_out_config(4)},
  };
  for (const auto& [kind, config] : held) {
    add_held_scenarios(all, kind, with_unit_timeout(config, 60'000));
  }
  all.push_back(recovery_of_an_unshared_unit(fan_out_config(4)));
  return all;
}

}  // namespace arena::tests
