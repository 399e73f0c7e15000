/// The file behind a region: where it comes from, and the memory in it.
#pragma once

#include <cstdint>

#include "descriptor.hpp"
#include "handle.hpp"

namespace arena::core {

/// Makes a file without a name, 0600, that nobody can resize. Throws std::system_error.
Descriptor create_sealed_file(std::uint64_t size);

/// Opens the file behind another process's descriptor. Throws ERR_ARENA_STALE_HANDLE,
/// ERR_ARENA_SYSTEM.
Descriptor open_behind(const Handle& handle);

/// Gives the file its size and takes the memory for all of it, so that no later access can find the
/// machine full. Takes it bit by bit, and stops when others have taken the rest meanwhile: two that
/// create arenas at once are both told, where taking all at once would call the kernel's OOM
/// killer. Throws ERR_ARENA_OUT_OF_MEMORY.
void allocate(int fd, std::uint64_t size);

}  // namespace arena::core
