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
  explicit Actor(std::shared_ptr<Region> region) : region(std::move(region)) {}
  void attach() { arena = tests::attach(region); }
  void write_as(std::uint32_t id) {
    self = id;
    if (!arena) attach();
    writer = std::make_unique<Writer>(arena);
  }
  void read() {
    if (!arena) attach();
    reader = std::make_unique<Reader>(arena, From::oldest);
  }
  std::uint64_t unit_bytes() const { return region->config().kind == Kind::pool ? 200 : 600; }
  Status open(std::uint32_t number, std::uint64_t byte_length) {
    return try_open(*writer, {self, number}, byte_length, unit);
  }
  void commit_one(std::uint32_t number) { try_write(*writer, {self, number}, unit_bytes()); }

  std::shared_ptr<Region> region;
  std::shared_ptr<Attachment> arena;
  std::unique_ptr<Writer> writer;
  std::unique_ptr<Reader> reader;
  std::uint32_t self = kChild;
  OpenUnit unit;
  TakenUnit taken;
};

/// What must become of a unit when the child is stopped in the middle, and after the operation.
struct Outcome {
  Stamp unit;
  Times midway;
  Times after;
};

struct Scenario {
  std::string name;
  RegionConfig config;
  /// In an arena in which nothing has happened; else each cell has been used before.
  bool fresh = false;
  /// By the survivors, before there is a child. What they write is expected to be read once.
  std::function<void(World&)> setup = [](World&) {};
  /// A process that is alive while the child prepares and dead when its operation begins.
  std::function<void(Actor&)> third;
  std::function<void(Actor&)> prepare;
  std::function<void(Actor&)> operate;
  std::vector<Outcome> outcomes;
  /// By the survivors while the child is stopped, if not what they always do.
  std::function<void(World&)> meanwhile;
  /// By the survivors, while the child sleeps: what wakes it for good.
  std::function<void(World&)> unblock = [](World& world) { world.arena().wake_everybody(); };
  /// When the child was let go on: what it does last. Throws when something is wrong.
  std::function<void(Actor&)> leave = [](Actor&) {};
};

/// Of every kind of arena.
std::vector<Scenario> all_scenarios();

/// The scenarios of one kind of arena whose names begin with `kind`.
void add_writer_scenarios(std::vector<Scenario>& to, const std::string& kind,
                          const RegionConfig& config);
void add_reader_scenarios(std::vector<Scenario>& to, const std::string& kind,
                          const RegionConfig& config);
void add_peer_scenarios(std::vector<Scenario>& to, const std::string& kind,
                        const RegionConfig& config);

}  // namespace arena::tests
