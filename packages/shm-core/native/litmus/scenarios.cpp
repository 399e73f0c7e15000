#include "scenarios.hpp"

#include <optional>

#include "small_arena.hpp"

namespace litmus {
namespace {

/// The processes of a run. Writers come before readers, which is what their stream expects.
struct Party {
  std::vector<std::unique_ptr<Writer>> writers;
  std::vector<std::unique_ptr<Reader>> readers;
  std::vector<std::shared_ptr<Attachment>> attachments;
  /// What each reader has read.
  std::vector<std::vector<Value>> got;
};

std::shared_ptr<Party> party(SmallArena& arena, std::size_t writers, std::size_t readers) {
  arena.reset();
  auto party = std::make_shared<Party>();
  for (std::size_t i = 0; i < readers; ++i) {
    party->attachments.push_back(arena.attach());
    party->readers.push_back(open_reader(party->attachments.back(), From::oldest));
  }
  for (std::size_t i = 0; i < writers; ++i) {
    party->attachments.push_back(arena.attach());
    party->writers.push_back(std::make_unique<Writer>(party->attachments.back(), true));
  }
  party->got.resize(readers);
  return party;
}

void require_order(const std::vector<Value>& got, bool gaps) {
  for (std::size_t i = 1; i < got.size(); ++i) {
    require(gaps ? got[i] > got[i - 1] : got[i] == got[i - 1] + 1,
            "a reader gets the units of one writer in their order");
  }
}

/// One writer, and readers that see every unit.
Scenario broadcast(std::string name, const RegionConfig& config, std::size_t readers, Value units,
                   Limits limits) {
  auto arena = std::make_shared<SmallArena>(config);
  const bool overwrites = config.when_full == WhenFull::overwrite;
  return {std::move(name),
          [=] {
            auto all = party(*arena, 1, readers);
            Run run;
            run.threads.push_back([=] {
              for (Value value = 1; value <= units; ++value) write(*all->writers[0], value);
              all->writers[0]->close();
            });
            for (std::size_t i = 0; i < readers; ++i) {
              run.threads.push_back([=] {
                Value value = 0;
                while (read(*all->readers[i], value)) {
                  if (value != 0) all->got[i].push_back(value);
                }
              });
            }
            run.after = [=] {
              for (const auto& got : all->got) {
                require_order(got, overwrites);
                require(overwrites || got.size() == units, "every reader gets every unit");
                require(got.empty() || got.back() == units || overwrites, "the last unit arrives");
              }
            };
            return run;
          },
          limits};
}

/// Writers that compete for the same records, and one reader.
Scenario competition(const RegionConfig& config, std::size_t units, Limits limits) {
  auto arena = std::make_shared<SmallArena>(config);
  return {"two writers claim the same records, and the reader gets the units of both",
          [=] {
            auto all = party(*arena, 2, 1);
            Run run;
            for (std::size_t i = 0; i < 2; ++i) {
              run.threads.push_back([=] {
                for (Value unit = 1; unit <= units; ++unit) write(*all->writers[i], i * 10 + unit);
              });
            }
            run.threads.push_back([=] {
              Value value = 0;
              while (all->got[0].size() < 2 * units && read(*all->readers[0], value)) {
                all->got[0].push_back(value);
              }
            });
            run.after = [=] {
              Value sum = 0;
              for (const Value value : all->got[0]) sum += value;
              require(sum == 10 * units + units * (units + 1), "each unit is read once");
            };
            return run;
          },
          limits};
}

/// A pool's units go to one reader each.
Scenario handover(std::string name, std::uint32_t segments, std::size_t readers, Value units,
                  Limits limits) {
  auto arena = std::make_shared<SmallArena>(small_pool(segments, false));
  return {std::move(name),
          [=] {
            auto all = party(*arena, 1, readers);
            Run run;
            run.threads.push_back([=] {
              for (Value value = 1; value <= units; ++value) write(*all->writers[0], value);
              all->writers[0]->close();
            });
            for (std::size_t i = 0; i < readers; ++i) {
              run.threads.push_back([=] {
                Value value = 0;
                while (read(*all->readers[i], value)) all->got[i].push_back(value);
              });
            }
            run.after = [=] {
              Value sum = 0;
              for (const auto& got : all->got) {
                require_order(got, true);
                for (const Value value : got) sum += value;
              }
              require(sum == units * (units + 1) / 2, "each unit goes to one reader");
            };
            return run;
          },
          limits};
}

/// Readers that share the units which are there already.
Scenario shared(std::uint32_t segments, bool gives_back, Limits limits) {
  auto arena = std::make_shared<SmallArena>(small_pool(segments, false));
  return {gives_back ? "a unit that one reader gives back is read by another one"
                     : "two readers take different units of a pool",
          [=] {
            auto all = party(*arena, 1, 2);
            for (Value value = 1; value <= segments; ++value) prepare(*all->writers[0], value);
            all->writers[0]->close();
            Run run;
            for (std::size_t i = 0; i < 2; ++i) {
              run.threads.push_back([=] {
                TakenUnit unit;
                if (gives_back && i == 0 && taken(*all->readers[0], unit)) {
                  load_unit(unit.view.bytes);
                  all->readers[0]->give_back(unit);
                }
                Value value = 0;
                while (read(*all->readers[i], value)) all->got[i].push_back(value);
              });
            }
            run.after = [=] {
              Value sum = 0;
              for (const auto& got : all->got) {
                for (const Value value : got) sum += value;
              }
              require(sum == segments * (segments + 1) / 2, "each unit goes to one reader");
            };
            return run;
          },
          limits};
}

/// Writers that claim records while nobody reads.
Scenario claims(std::size_t units, Limits limits) {
  auto arena = std::make_shared<SmallArena>(small_ring(WhenFull::fail, 4));
  return {"two writers never get the same record",
          [=] {
            auto all = party(*arena, 2, 0);
            Run run;
            for (std::size_t i = 0; i < 2; ++i) {
              run.threads.push_back([=] {
                OpenUnit unit;
                for (Value value = 1; value <= units; ++value) {
                  if (all->writers[i]->try_acquire(sizeof value, {}, unit) != Status::ok) return;
                  store_unit(unit.bytes, 10 * i + value);
                  require(all->writers[i]->commit(unit, sizeof value) == Status::ok, "it commits");
                }
              });
            }
            return run;
          },
          limits};
}

/// A thread that sleeps on the futex of a condition until another one has done something.
Scenario parked(bool all, Limits limits) {
  struct State {
    ConditionState condition;
    std::atomic<std::uint32_t> ready;
  };
  struct Silent final : Ringer {
    bool ring(std::uint32_t) noexcept override { return false; }
    Progress ring_from(std::uint32_t) const noexcept override { return 0; }
  };
  auto state = std::make_shared<State>();
  auto ringer = std::make_shared<Silent>();
  return {
      all ? "notify_all wakes every thread that sleeps" : "notify_one wakes a thread that sleeps",
      [=] {
        Run run;
        const auto condition = [=] { return InterprocessCondition(state->condition, 4, *ringer); };
        run.threads.push_back([=] {
          state->ready.store(1, std::memory_order_relaxed);
          all ? condition().notify_all() : condition().notify_one();
        });
        for (int i = 0; i < (all ? 2 : 1); ++i) {
          run.threads.push_back([=] {
            condition().wait([&] { return state->ready.load(std::memory_order_relaxed) == 1; },
                             std::nullopt);
          });
        }
        return run;
      },
      limits};
}

/// A writer that must not reuse the record with which a reader begins that comes meanwhile.
Scenario registration(Limits limits) {
  auto arena = std::make_shared<SmallArena>(small_ring(WhenFull::fail, 4));
  return {"a reader that comes while a writer gives records up keeps the record it begins with",
          [=] {
            auto all = party(*arena, 1, 1);
            prepare(*all->writers[0], 1);
            prepare(*all->writers[0], 2);
            all->readers[0]->close();
            auto late = arena->attach();
            Run run;
            run.threads.push_back([=] {
              OpenUnit unit;
              if (all->writers[0]->try_acquire(sizeof(Value), {}, unit) != Status::ok) return;
              store_unit(unit.bytes, 3);
              require(all->writers[0]->commit(unit, sizeof(Value)) == Status::ok, "it commits");
            });
            run.threads.push_back([=] {
              BroadcastReader reader(late, From::oldest);
              TakenUnit unit;
              if (reader.take(unit) != Status::ok) return;
              const Value value = load_unit(unit.view.bytes);
              require(value == unit.view.sequence + 1, "a record has the bytes of its unit");
              reader.finish(unit);
            });
            return run;
          },
          limits};
}

std::vector<Scenario> all_scenarios() {
  const auto ring = [](WhenFull when_full) { return small_ring(when_full, 4); };
  RegionConfig overwritten_segments = small_pool(2, true);
  overwritten_segments.when_full = WhenFull::overwrite;
  return {
      parked(false, {.surprises = 4}),
      parked(true, {.surprises = 3}),
      broadcast("a ring's reader gets every unit, and its room is used again", ring(WhenFull::wait),
                1, 3, {.surprises = 2}),
      broadcast("two readers of a ring get every unit", ring(WhenFull::wait), 2, 2,
                {.surprises = 1}),
      broadcast("a reader that is overtaken takes no bytes of a later unit",
                ring(WhenFull::overwrite), 1, 4, {.surprises = 2}),
      claims(1, {.surprises = 3}),
      claims(3, {.surprises = 2}),
      competition(ring(WhenFull::wait), 1, {.surprises = 1}),
      handover("a segment goes from the writer to the reader and back", 1, 1, 2, {.surprises = 2}),
      handover("two readers share the units of a pool", 1, 2, 2, {.surprises = 1}),
      shared(2, false, {.surprises = 2}),
      shared(1, true, {.surprises = 2}),
      broadcast("a segment of a fan-out is used again when its reader has released it",
                small_pool(1, true), 1, 2, {.surprises = 2}),
      broadcast("a segment of a fan-out is used again when both readers have released it",
                small_pool(1, true), 2, 1, {.surprises = 1}),
      broadcast("a writer that drops records waits for the leases on their segments",
                overwritten_segments, 1, 4, {.surprises = 2}),
      registration({.surprises = 3}),
  };
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = all_scenarios();
  return all;
}

}  // namespace litmus
