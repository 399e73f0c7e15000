/// One experiment: a child stops before an instruction of an operation, or sleeps in it. Then the
/// survivors check the arena.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "scenarios.hpp"
#include "stepper.hpp"

namespace arena::tests {

enum class Mode { kill, delay };

std::string describe(const Scenario& scenario, Mode mode, std::uint64_t step);

class Experiment {
 public:
  Experiment(const Scenario& scenario, Mode mode) : scenario_(scenario), mode_(mode) {}

  /// Steps through the whole operation.
  std::string trace(Trace& trace);
  std::string stop_before(const Trace& trace, std::uint64_t step);
  std::string stop_asleep_in(const Trace& trace, std::uint64_t step);

 private:
  std::string run(std::uint64_t step, const std::function<void(Stepper&)>& lead);
  void go_on(Stepper& stepper, const Actor& child);

  const Scenario& scenario_;
  const Mode mode_;
  std::optional<World> world_;
  const std::function<void()> wake_ = [this] { scenario_.unblock(*world_); };
};

}  // namespace arena::tests
