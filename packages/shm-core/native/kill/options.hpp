/// What arena-kill-steps is asked to try.
#pragma once

#include <cstdint>
#include <string>

namespace arena::tests {

struct Options {
  /// Instructions tried of each operation; 0 for every one.
  std::uint64_t sample = 0;
  std::uint64_t seed = 1;
  /// Of an operation that is long-winded, unless all are asked for.
  std::uint64_t long_sample = 60;
  bool kill = true, delay = true;
  /// Kills before instructions that nobody else can tell from the one before as well.
  bool every = false;
  std::string only;
  /// Every `shards`th point, from `shard` on: the others are another process's.
  std::uint64_t shard = 0, shards = 1;
};

/// Ends the process with usage and 2 when the arguments say nothing that it knows.
Options parse_options(int argc, char** argv);

}  // namespace arena::tests
