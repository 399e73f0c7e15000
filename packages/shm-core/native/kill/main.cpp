/// arena-kill-steps: interrupts every operation of the core before each of its machine
/// instructions.
///
/// The harness steps a child through the operation up to instruction k, and kills it there. In the
/// other mode it delays the child: the survivors go on first, then the child. Afterwards the
/// survivors must find every committed unit once, no other unit, and all segments, records and
/// slots. This is done for every k until the operation is over.
///
/// An instruction without a system call that changed no shared byte leaves the same state as
/// before. So of several kills that find the same state the harness tries the first, or all of them
/// with
/// --every. It tries every delay, because a delayed child goes on with the values that it has read.
#include <csignal>
#include <cstdio>
#include <set>

#include "experiment.hpp"
#include "options.hpp"
#include "ticker.hpp"

using namespace arena::tests;

namespace {

/// Exit status when the kernel (or a sandbox) lets no process be stepped.
constexpr int kCannotStep = 3;

struct Totals {
  std::uint64_t points = 0, same = 0, violations = 0;
};

std::vector<std::uint64_t> steps_that_differ(const Options& options, Mode mode,
                                             const Trace& trace) {
  std::vector<std::uint64_t> steps;
  for (std::uint64_t step = 0; step < trace.addresses.size(); ++step) {
    if (mode == Mode::delay || options.every || step == 0 || trace.seen[step - 1]) {
      steps.push_back(step);
    }
  }
  return steps;
}

/// Keeps `sample` of the steps, drawn by the seed and the scenario's name.
void draw(const Options& options, const Scenario& scenario, std::vector<std::uint64_t>& steps) {
  if (options.sample == 0 || options.sample >= steps.size()) return;
  std::uint64_t name = 0;
  for (const char letter : scenario.name) name = name * 31 + static_cast<unsigned char>(letter);
  Random random(options.seed ^ name);
  std::set<std::uint64_t> chosen;
  while (chosen.size() < options.sample) chosen.insert(steps[random.below(steps.size())]);
  steps.assign(chosen.begin(), chosen.end());
}

class Run {
 public:
  explicit Run(const Options& options) : options_(options) {}

  void try_all() {
    const std::vector<Scenario> scenarios = all_scenarios();
    for (const Scenario& scenario : scenarios) {
      if (scenario.name.find(options_.only) == std::string::npos) continue;
      if (options_.kill) try_one(scenario, Mode::kill);
      if (options_.delay) try_one(scenario, Mode::delay);
    }
  }
  const Totals& totals() const noexcept { return totals_; }

 private:
  void try_one(const Scenario& scenario, Mode mode);
  /// Whether this shard tries the next point.
  bool mine() noexcept { return next_point_++ % options_.shards == options_.shard; }

  const Options& options_;
  std::uint64_t next_point_ = 0;
  Totals totals_;
};

void Run::try_one(const Scenario& scenario, Mode mode) {
  std::uint64_t points = 0, violations = 0;
  const auto count = [&](std::uint64_t step, const std::string& violation) {
    ++points;
    if (violation.empty() || ++violations > 3) return;
    std::printf("  %s: %s\n", describe(scenario, mode, step).c_str(), violation.c_str());
  };
  Experiment experiment(scenario, mode);
  Trace trace;
  const std::string traced = experiment.trace(trace);
  const std::uint64_t length = trace.addresses.size();
  if (mine() || !traced.empty()) count(length, traced);
  std::vector<std::uint64_t> steps = steps_that_differ(options_, mode, trace);
  const std::uint64_t same = length - steps.size();
  if (mode == Mode::delay || options_.every) draw(options_, scenario, steps);
  for (const std::uint64_t step : steps) {
    if (mine()) count(step, experiment.stop_before(trace, step));
  }
  for (const std::uint64_t step : trace.sleeps) {
    if (mine()) count(step, experiment.stop_asleep_in(trace, step));
  }
  std::printf("%-8s %-62s %6llu points, %6llu instructions, %llu violations\n",
              mode == Mode::kill ? "killed" : "delayed", scenario.name.c_str(),
              static_cast<unsigned long long>(points), static_cast<unsigned long long>(length),
              static_cast<unsigned long long>(violations));
  std::fflush(stdout);
  totals_.points += points;
  totals_.violations += violations;
  if (options_.shard == 0) totals_.same += same;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_options(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  stay_on_processor(options.shard);
  if (const std::string reason = reason_against_stepping(); !reason.empty()) {
    std::fprintf(stderr, "no process can be stepped here: %s\n", reason.c_str());
    return kCannotStep;
  }
  start_ticking();
  Run run(options);
  run.try_all();
  const Totals& totals = run.totals();
  std::printf("%llu points tried, %llu more leave the same, %llu violations\n",
              static_cast<unsigned long long>(totals.points),
              static_cast<unsigned long long>(totals.same),
              static_cast<unsigned long long>(totals.violations));
  return totals.violations == 0 && totals.points > 0 ? 0 : 1;
}
