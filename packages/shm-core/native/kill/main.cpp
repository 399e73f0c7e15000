/// arena-kill-steps: interrupts every operation of the core before each of its machine
/// instructions.
///
/// A child is stepped through the operation up to instruction k and killed there (or delayed: the
/// survivors go on, then the child does). Then the survivors must find everything that was
/// committed once, nothing that was not, and all segments, records and slots. For every k until the
/// operation is over.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#include "scenarios.hpp"
#include "stepper.hpp"
#include "ticker.hpp"

using namespace arena::tests;

namespace {

struct Options {
  /// Instructions tried of each operation; 0 for every one.
  std::uint64_t sample = 0;
  std::uint64_t seed = 1;
  /// Of an operation that is long-winded, unless all are asked for.
  std::uint64_t long_sample = 60;
  bool kill = true, delay = true;
  std::string only;
};

enum class Mode { kill, delay };

struct Point {
  bool ended;
  std::string violation;
};

std::string describe(const Scenario& scenario, Mode mode, std::uint64_t step) {
  return scenario.name + (mode == Mode::kill ? ", killed" : ", delayed") + " after " +
         std::to_string(step) + " instructions";
}

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

/// One experiment: stopped before instruction `step` of the operation, or asleep inside of it.
class Experiment {
 public:
  Experiment(const Scenario& scenario, Mode mode) : scenario_(scenario), mode_(mode) {}

  /// Steps through all of the operation, which then is over.
  Point trace(Trace& trace) {
    return run(~std::uint64_t{0}, [&](Stepper& stepper) { trace = stepper.trace(wake_); });
  }
  Point stop_before(const Trace& trace, std::uint64_t step) {
    return run(step, [&](Stepper& stepper) { stepper.run_to(trace, step, wake_); });
  }
  Point stop_asleep_in(const Trace& trace, std::uint64_t step) {
    return run(step, [&](Stepper& stepper) {
      stepper.run_to(trace, step, wake_);
      stepper.step();
    });
  }

 private:
  Point run(std::uint64_t step, const std::function<void(Stepper&)>& lead);
  void go_on(Stepper& stepper);

  const Scenario& scenario_;
  const Mode mode_;
  std::optional<World> world_;
  const std::function<void()> wake_ = [this] { scenario_.unblock(*world_); };
};

Point Experiment::run(std::uint64_t step, const std::function<void(Stepper&)>& lead) {
  begin_trying(describe(scenario_, mode_, step));
  world_.emplace(scenario_.config);
  world_->go_round();
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
  if (third) third->kill();
  Point point{};
  std::uint64_t where = 0;
  try {
    expect_outcomes(scenario_, *world_, false);
    lead(stepper);
    where = stepper.instruction();
    point.ended = stepper.ended();
    go_on(stepper);
  } catch (const std::exception& error) {
    char at[40];
    std::snprintf(at, sizeof at, " (at 0x%llx)", static_cast<unsigned long long>(where));
    point.violation = error.what() + std::string(at);
  }
  return point;
}

void Experiment::go_on(Stepper& stepper) {
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
  world_->audit();
}

/// The instructions to try, of an operation of `length`; empty for every one.
std::set<std::uint64_t> chosen(const Options& options, const Scenario& scenario,
                               std::uint64_t length) {
  const std::uint64_t sample = options.sample > 0     ? options.sample
                               : scenario.long_winded ? options.long_sample
                                                      : 0;
  std::set<std::uint64_t> steps;
  if (sample == 0 || sample > length) return steps;
  Random random(options.seed ^ std::hash<std::string>{}(scenario.name));
  while (steps.size() < sample) steps.insert(random.below(length));
  return steps;
}

struct Totals {
  std::uint64_t points = 0, violations = 0;
};

void report(const Scenario& scenario, Mode mode, std::uint64_t step, const std::string& violation) {
  std::printf("  %s: %s\n", describe(scenario, mode, step).c_str(), violation.c_str());
  std::fflush(stdout);
}

void run_scenario(const Scenario& scenario, Mode mode, const Options& options, Totals& totals) {
  std::uint64_t points = 0, violations = 0;
  const auto count = [&](std::uint64_t step, const Point& point) {
    ++points;
    if (!point.violation.empty() && ++violations <= 3)
      report(scenario, mode, step, point.violation);
  };
  Experiment experiment(scenario, mode);
  Trace trace;
  count(trace.addresses.size(), experiment.trace(trace));
  const std::uint64_t length = trace.addresses.size();
  const auto steps = chosen(options, scenario, length);
  for (std::uint64_t step = 0; step < length; ++step) {
    if (steps.empty() || steps.count(step) > 0) count(step, experiment.stop_before(trace, step));
  }
  for (const std::uint64_t step : trace.sleeps) count(step, experiment.stop_asleep_in(trace, step));
  std::printf("%-8s %-62s %6llu points, %6llu instructions, %llu violations\n",
              mode == Mode::kill ? "killed" : "delayed", scenario.name.c_str(),
              static_cast<unsigned long long>(points), static_cast<unsigned long long>(length),
              static_cast<unsigned long long>(violations));
  std::fflush(stdout);
  totals.points += points;
  totals.violations += violations;
}

[[noreturn]] void explain() {
  std::fputs(
      "usage: arena-kill-steps [--sample N] [--seed S] [--all] [--kill | --delay] [--only TEXT]\n"
      "  --sample N   try N instructions of each operation instead of every one\n"
      "  --seed S     which ones\n"
      "  --all        every instruction of the long operations as well\n"
      "  --kill       only kill; --delay only delays\n"
      "  --only TEXT  operations whose name contains TEXT\n",
      stderr);
  std::exit(2);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] {
      if (++i >= argc) explain();
      return argv[i];
    };
    if (argument == "--sample") {
      options.sample = std::strtoull(value(), nullptr, 10);
    } else if (argument == "--seed") {
      options.seed = std::strtoull(value(), nullptr, 10);
    } else if (argument == "--all") {
      options.long_sample = 0;
    } else if (argument == "--kill") {
      options.delay = false;
    } else if (argument == "--delay") {
      options.kill = false;
    } else if (argument == "--only") {
      options.only = value();
    } else {
      explain();
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  start_ticking();
  Totals totals;
  for (const Scenario& scenario : all_scenarios()) {
    if (scenario.name.find(options.only) == std::string::npos) continue;
    if (options.kill) run_scenario(scenario, Mode::kill, options, totals);
    if (options.delay) run_scenario(scenario, Mode::delay, options, totals);
  }
  std::printf("%llu points tried, %llu violations\n",
              static_cast<unsigned long long>(totals.points),
              static_cast<unsigned long long>(totals.violations));
  return totals.violations == 0 && totals.points > 0 ? 0 : 1;
}
