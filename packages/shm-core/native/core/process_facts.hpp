/// Facts of the kernel about a peer's process, for diagnosis.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "process_identity.hpp"

namespace arena::core {

struct ProcessFacts {
  /// R running, S asleep, D in the kernel, T stopped, Z ended and not collected; 0 when the process
  /// is gone.
  char state = 0;
  /// The kernel function in which the main thread sleeps; empty when this user may not see it.
  std::string sleeps_in;
  /// Times of the main thread since its start: on a CPU, and waiting for a CPU.
  std::uint64_t ran_ns = 0, queued_ns = 0;
};

/// Gives no facts when the pid belongs to a process with another start time.
ProcessFacts facts_of(const ProcessIdentity& who);

/// Number of rings in a doorbell that its peer has not taken. Nothing when the descriptor no longer
/// is that pipe, or when this user may not look.
std::optional<std::uint32_t> untaken_rings(std::uint32_t pid, std::uint64_t fd,
                                           std::uint64_t inode);

}  // namespace arena::core
