/// The memory that the machine can still give. The core asks before it takes memory.
#pragma once

#include <cstdint>

namespace arena::core {

/// Bytes that can be allocated without driving the machine or this control group out of memory.
std::uint64_t available_memory();

/// Bytes that this process can still map (RLIMIT_AS).
std::uint64_t available_address_space();

/// Throws ERR_ARENA_OUT_OF_MEMORY when `bytes` exceed the available memory, RLIMIT_AS or
/// RLIMIT_FSIZE (beyond which allocating would raise a signal instead of an error).
void check_budget(std::uint64_t bytes);

/// Size of the next step when an arena of `total` bytes has `taken` bytes already. The caller asks
/// again after each step. Throws ERR_ARENA_OUT_OF_MEMORY when the rest no longer fits.
///
/// The kernel never refuses this memory: it kills a process instead. Other processes may take
/// memory between our look and our allocation. So a step is a small part of the free memory.
std::uint64_t next_step(std::uint64_t total, std::uint64_t taken);

}  // namespace arena::core
