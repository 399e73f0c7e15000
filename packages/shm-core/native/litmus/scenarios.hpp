/// What the core promises to threads of other processes, as short programs over its own sources.
#pragma once

#include <string>
#include <vector>

#include "simulation.hpp"

namespace litmus {

struct Scenario {
  std::string name;
  std::function<Run()> make;
  /// With these the check takes some seconds.
  Limits limits;
};

const std::vector<Scenario>& scenarios();

}  // namespace litmus
