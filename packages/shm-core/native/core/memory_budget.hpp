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

/// How much of an arena of `total` bytes, of which `taken` are allocated, can be allocated at once
/// before looking again. Throws ERR_ARENA_OUT_OF_MEMORY when the rest does not fit any more.
///
/// The kernel never refuses this memory: it kills a process instead. Between a look and the
/// allocation after it others may take memory too, so a step is a small part of what is free.
std::uint64_t next_step(std::uint64_t total, std::uint64_t taken);

}  // namespace arena::core
