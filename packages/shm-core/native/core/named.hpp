/// Named arenas: files in /dev/shm that outlive their processes.
///
/// Nothing here ever waits long: every lock is tried for, and a lock that is not to be had within
/// some 10 ms is an error.
///
///   create    a file without a name -> allocated, header written -> gets the name, in one step
///   attach    open the name, share `presence` for as long as the file is open
///   close     have `removal` alone, compare the name with the file, remove the name
///   sweep     the same, once the creator is proven dead and `presence` can be had alone
///
/// So there is never a named file that is half made, and never a removal of another arena's name:
/// a name that means a file can get another meaning only after its removal, which needs the lock.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "descriptor.hpp"

namespace arena::core {

/// Looks whether the name can be had, after sweeping what is abandoned. Throws
/// ERR_ARENA_NAME_TAKEN.
void check_name(const std::string& name);

/// Makes an empty file in /dev/shm, 0600, that has no name yet and is gone with its descriptor.
/// `presence` is shared.
Descriptor create_nameless();

/// Gives the file its name. The descriptor that it returns is of the same file. Throws
/// ERR_ARENA_NAME_TAKEN.
Descriptor give_name(Descriptor nameless, const std::string& name);

/// Opens the file behind a name and shares `presence`. Refuses other users' files and links. Throws
/// ERR_ARENA_STALE_HANDLE, ERR_ARENA_SYSTEM.
Descriptor open_named(const std::string& name);

/// Removes the name if it still means this file. Whoever is attached keeps the memory. False when
/// the name means another file or none by now, or when somebody else is removing it.
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

/// Removes named arenas whose creator is proven dead and to which nobody is attached. Files that
/// hold no arena stay.
std::vector<std::string> sweep_named();

}  // namespace arena::core
