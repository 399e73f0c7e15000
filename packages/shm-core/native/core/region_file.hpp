/// The file of a region: creating it, opening it, and allocating its memory.
#pragma once

#include <cstdint>

#include "descriptor.hpp"
#include "handle.hpp"

namespace arena::core {

/// Makes a file without a name, with mode 0600, that no process can resize. Throws
/// std::system_error.
Descriptor create_sealed_file(std::uint64_t size);

/// Opens the file of another process's descriptor. Throws ERR_ARENA_STALE_HANDLE,
/// ERR_ARENA_SYSTEM.
Descriptor open_behind(const Handle& handle);

/// Gives the file its size and allocates all of its memory, so that no later access finds the
/// machine full. Allocates in steps, and stops when other processes have taken the rest meanwhile.
/// Allocating all at once could call the kernel's OOM killer when two processes create arenas at
/// the same time. Throws ERR_ARENA_OUT_OF_MEMORY.
void allocate(int fd, std::uint64_t size);

}  // namespace arena::core
