#include "experiment.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <span>
#include <vector>

#include "ticker.hpp"

namespace arena::tests {
namespace {

Forked start_third(const Scenario& scenario, World& world, std::atomic<bool>& ready) {
  return Forked([&] {
    Actor third(world.region());
    scenario.third(third);
    ready = true;
    for (;;) ::pause();
    return true;
  });
}

void expect_outcomes(const Scenario& scenario, World& world, bool ended) {
  for (const Outcome& outcome : scenario.outcomes) {
    world.expect(outcome.unit, ended ? outcome.after : outcome.midway);
  }
}

/// Tells whether the region's bytes have changed since the last call.
class Watch {
 public:
  explicit Watch(const Region& region) {
    const auto* control = reinterpret_cast<const std::byte*>(&region.control());
    const RegionLayout& layout = region.layout();
    const std::uint64_t records_end = layout.records + region.config().capacity;
    parts_[0].bytes = {control, records_end - layout.control};
    parts_[1].bytes = {region.segment(0), layout.total_size - layout.segments};
    changed();
  }

  bool changed() {
    bool changed = false;
    for (Part& part : parts_) {
      const std::size_t size = part.bytes.size();
      if (part.seen.size() == size && std::memcmp(part.bytes.data(), part.seen.data(), size) == 0)
        continue;
      part.seen.assign(part.bytes.begin(), part.bytes.end());
      changed = true;
    }
    return changed;
  }

 private:
  struct Part {
    std::span<const std::byte> bytes;
    std::vector<std::byte> seen;
  };
  /// All bytes but the header, which no process writes again.
  Part parts_[2];
};

}  // namespace

std::string describe(const Scenario& scenario, Mode mode, std::uint64_t step) {
  return scenario.name + (mode == Mode::kill ? ", killed" : ", delayed") + " after " +
         std::to_string(step) + " instructions";
}

std::string Experiment::trace(Trace& trace) {
  return run(~std::uint64_t{0}, [&](Stepper& stepper) {
    Watch watch(*world_->region());
    trace = stepper.trace(wake_, [&] { return watch.changed(); });
  });
}

std::string Experiment::stop_before(const Trace& trace, std::uint64_t step) {
  return run(step, [&](Stepper& stepper) { stepper.run_to(trace, step, wake_); });
}

std::string Experiment::stop_asleep_in(const Trace& trace, std::uint64_t step) {
  return run(step, [&](Stepper& stepper) {
    // After its operation the child stands at its last stop. A step from there would run `leave`.
    if (stepper.run_to(trace, step, wake_)) stepper.step();
  });
}

std::string Experiment::run(std::uint64_t step, const std::function<void(Stepper&)>& lead) {
  begin_trying(describe(scenario_, mode_, step));
  world_.emplace(scenario_.config);
  if (!scenario_.fresh) world_->go_round();
  scenario_.setup(*world_);
  Shared<std::atomic<bool>> ready;
  std::optional<Forked> third;
  if (scenario_.third) {
    third = start_third(scenario_, *world_, *ready);
    while (!*ready && third->running()) ::usleep(100);
  }
  Actor child(world_->region());
  Stepper stepper([&] { scenario_.prepare(child); }, [&] { scenario_.operate(child); },
                  [&] { scenario_.leave(child); });
  if (third) {
    third->kill();
    world_->expect_losses_of(third->pid());
  }
  std::uint64_t where = 0;
  try {
    expect_outcomes(scenario_, *world_, false);
    lead(stepper);
    where = stepper.instruction();
    go_on(stepper, child);
  } catch (const std::exception& error) {
    char at[40];
    std::snprintf(at, sizeof at, " (at 0x%llx)", static_cast<unsigned long long>(where));
    return error.what() + std::string(at);
  }
  return {};
}

void Experiment::go_on(Stepper& stepper, const Actor& child) {
  expect_outcomes(scenario_, *world_, stepper.ended());
  if (scenario_.meanwhile) {
    scenario_.meanwhile(*world_);
  } else if (mode_ == Mode::kill) {
    world_->carry_on(3);
  } else {
    world_->overtake();
  }
  if (mode_ == Mode::kill) {
    stepper.kill();
  } else {
    demand(stepper.run_on(wake_), "the child that was delayed failed");
    expect_outcomes(scenario_, *world_, true);
  }
  if (stepper.ended()) scenario_.judge(*world_, child);
  world_->expect_losses_of(stepper.pid());
  world_->audit();
}

}  // namespace arena::tests
