/// The operations that are interrupted at every instruction, each in every kind of arena.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "forked.hpp"
#include "world.hpp"

namespace arena::tests {

/// The child's endpoints.
struct Actor {
  explicit Actor(std::shared_ptr<Region> region) : region(std::move(region)) {
    *said = Status::empty;
  }
  void attach() { arena = tests::attach(region); }
  void write_as(std::uint32_t id) {
    self = id;
    if (!arena) attach();
    writer = std::make_unique<Writer>(arena);
  }
  void read() {
    if (!arena) attach();
    reader = core::open_reader(arena, From::oldest);
  }
  std::uint64_t unit_bytes() const { return region->config().kind == Kind::pool ? 200 : 600; }
  /// As World::held_bytes.
  std::uint64_t held_bytes() const { return region->config().kind == Kind::pool ? 0 : 600; }
  Status open(std::uint32_t number, std::uint64_t byte_length) {
    return try_open(*writer, {self, number}, byte_length, unit);
  }
  /// Commits `unit` and shows the status to the survivors.
  void commit(std::uint32_t number) { *said = tests::commit(*writer, {self, number}, unit); }
  void commit_one(std::uint32_t number) { try_write(*writer, {self, number}, unit_bytes()); }

  std::shared_ptr<Region> region;
  std::shared_ptr<Attachment> arena;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<Reader> reader;
  std::uint32_t self = kChild;
  OpenUnit unit;
  TakenUnit taken;
  /// The status of the child's last commit. The survivors see it as well.
  Shared<std::atomic<Status>> said;
};

/// How often the surviving reader must get a unit: when the child stops in the middle, and when it
/// stops after the operation.
struct Outcome {
  Stamp unit;
  Times midway;
  Times after;
};

struct Scenario {
  std::string name;
  RegionConfig config;
  /// The operation runs in a new arena. Otherwise every cell has been used before.
  bool fresh = false;
  /// The survivors do this before the child starts. Units that they write must be read once.
  std::function<void(World&)> setup = [](World&) {};
  /// A third process runs this. It lives while the child prepares, and is dead when the operation
  /// begins.
  std::function<void(Actor&)> third;
  std::function<void(Actor&)> prepare;
  std::function<void(Actor&)> operate;
  std::vector<Outcome> outcomes;
  /// The survivors do this while the child is stopped. Without it they do what World offers.
  std::function<void(World&)> meanwhile;
  /// The survivors do this while the child sleeps, so that its operation ends.
  std::function<void(World&)> unblock = [](World& world) { world.arena().wake_everybody(); };
  /// A delayed child does this last. Throws when the child finds a fault.
  std::function<void(Actor&)> leave = [](Actor&) {};
  /// Once the operation is over, the survivors compare the results that the child got with the
  /// arena.
  std::function<void(World&, const Actor&)> judge = [](World&, const Actor&) {};
};

/// The scenarios of all kinds of arena.
std::vector<Scenario> all_scenarios();

/// The scenarios of one kind of arena whose names begin with `kind`.
void add_writer_scenarios(std::vector<Scenario>& to, const std::string& kind,
                          const RegionConfig& config);
void add_reader_scenarios(std::vector<Scenario>& to, const std::string& kind,
                          const RegionConfig& config);
/// Scenarios of arenas with a unit timeout: other processes end the open units of living writers.
void add_held_scenarios(std::vector<Scenario>& to, const std::string& kind,
                        const RegionConfig& config);
/// Scenarios of units that stay open after their writer has closed.
void add_kept_scenarios(std::vector<Scenario>& to, const std::string& kind,
                        const RegionConfig& config);
void add_peer_scenarios(std::vector<Scenario>& to, const std::string& kind,
                        const RegionConfig& config);

}  // namespace arena::tests
