/// What the kernel says of a peer's process, for diagnosis.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "process_identity.hpp"

namespace arena::core {

struct ProcessFacts {
  /// R running, S asleep, D in the kernel, T stopped, Z ended and not collected; 0 when it is gone.
  char state = 0;
  /// The function of the kernel in which its main thread sleeps, where this user may know it.
  std::string sleeps_in;
  /// Of its main thread, since it began: time on a CPU, and time in which it wanted one in vain.
  std::uint64_t ran_ns = 0, queued_ns = 0;
};

/// Nothing is assumed of a process that has the pid and started at another time.
ProcessFacts facts_of(const ProcessIdentity& who);

/// How many rings of a doorbell nobody has taken. Nothing when the descriptor is not that pipe any
/// more, or this user may not look.
std::optional<std::uint32_t> untaken_rings(std::uint32_t pid, std::uint64_t fd,
                                           std::uint64_t inode);

}  // namespace arena::core
