/// What arena-kill-steps is asked to try.
#pragma once

#include <cstdint>
#include <string>

namespace arena::tests {

struct Options {
  /// Instructions of each operation before which it is delayed; 0 for every one. With `every`,
  /// those before which it is killed as well, which are few otherwise.
  std::uint64_t sample = 0;
  std::uint64_t seed = 1;
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
