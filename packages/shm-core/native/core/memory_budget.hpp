/// What the machine can still give, asked before it is taken.
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

}  // namespace arena::core
