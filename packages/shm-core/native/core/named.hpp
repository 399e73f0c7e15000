/// Named regions: files in /dev/shm that outlive their processes.
///
/// Everybody attached holds a shared lock (flock) on the file, which the kernel drops at death: a
/// sweeper that gets the exclusive lock knows that nobody is there.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace arena::core {

using Allocate = void (*)(int fd, std::uint64_t size, bool truncate_first);

/// Creates the file exclusively, 0600, allocates it and takes the shared lock. Sweeps stale ones
/// first. Throws ERR_ARENA_NAME_TAKEN.
int create_named(const std::string& name, std::uint64_t size, Allocate allocate);

/// Opens the file and takes the shared lock. Refuses other users' files and links. Throws
/// ERR_ARENA_STALE_HANDLE.
int open_named(const std::string& name);

/// Free bytes of the file system that holds `fd`.
std::uint64_t free_bytes_behind(int fd);

}  // namespace arena::core
