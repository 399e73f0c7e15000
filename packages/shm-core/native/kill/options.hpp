/// The command line of arena-kill-steps.
#pragma once

#include <cstdint>
#include <string>

namespace arena::tests {

struct Options {
  /// Number of instructions of each operation before which the child is delayed; 0 for all. With
  /// `every` it is also the number of instructions before which the child is killed.
  std::uint64_t sample = 0;
  std::uint64_t seed = 1;
  bool kill = true, delay = true;
  /// Also kills where the state is the same as before the previous instruction.
  bool every = false;
  std::string only;
  /// This process tries every `shards`th point, from `shard` on. Other processes try the others.
  std::uint64_t shard = 0, shards = 1;
};

/// Prints the usage and exits with status 2 when an argument is wrong.
Options parse_options(int argc, char** argv);

}  // namespace arena::tests
