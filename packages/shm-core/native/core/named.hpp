/// Named arenas: files in /dev/shm that outlive their processes.
///
/// No function here waits long. Each lock is tried for some 10 ms, and is an error after that.
///
///   create    make a file without a name, allocate it, write its header, then link the name
///   attach    open the name, and share the lock `presence` as long as the file is open
///   close     own the lock `removal`, compare the name with the file, remove the name
///   sweep     the same, once the creator is proven dead and `presence` can be owned
///
/// The link is one step, so no named file is ever incomplete. No process removes another arena's
/// name: a name can mean another file only after its removal, and a removal needs the lock.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "descriptor.hpp"

namespace arena::core {

/// Sweeps abandoned arenas, then checks that the name is free. Throws ERR_ARENA_NAME_TAKEN.
void check_name(const std::string& name);

/// Makes an empty file in /dev/shm with mode 0600 and shares `presence`. The file has no name yet,
/// and disappears with its descriptor.
Descriptor create_nameless();

/// Gives the file its name, and returns a descriptor of the same file. Throws ERR_ARENA_NAME_TAKEN.
Descriptor give_name(Descriptor nameless, const std::string& name);

/// Opens the file of a name and shares `presence`. Refuses links and files of other users. Throws
/// ERR_ARENA_STALE_HANDLE, ERR_ARENA_SYSTEM.
Descriptor open_named(const std::string& name);

/// Removes the name if it still means this file. Attached processes keep the memory. False when the
/// name no longer means this file, or when another process is removing it.
bool remove_name(int fd, const std::string& name);

/// A named arena as found on this machine.
struct NamedArena {
  std::string name;
  std::uint64_t size;
  std::uint32_t creator_pid;
  bool creator_alive;
  bool attached;
  bool compatible;
};

/// The named arenas of this user. Takes no lock.
std::vector<NamedArena> list_named();

/// Removes named arenas whose creator is proven dead and to which no process is attached. Files
/// that hold no arena stay.
std::vector<std::string> sweep_named();

}  // namespace arena::core
