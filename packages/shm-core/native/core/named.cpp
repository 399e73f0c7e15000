#include "named.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "failure.hpp"
#include "file_locks.hpp"
#include "region_header.hpp"

namespace arena::core {
namespace {

constexpr char kFolder[] = "/dev/shm";
constexpr char kFilePrefix[] = "arena-";
/// Holders keep a lock for microseconds, unless they are stopped meanwhile.
constexpr int kTries = 20;
constexpr useconds_t kMicrosecondsBetweenTries = 500;

std::string path_of(const std::string& name) {
  return std::string(kFolder) + "/" + kFilePrefix + name;
}

[[noreturn]] void system_failure(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

/// Calls `attempt` until it returns true, at most kTries times. False when it never did.
template <typename Attempt>
bool try_for_a_while(Attempt attempt) {
  for (int tried = 0; tried < kTries; ++tried) {
    if (tried > 0) ::usleep(kMicrosecondsBetweenTries);
    if (attempt()) return true;
  }
  return false;
}

/// Whether the name means the file of `fd`.
bool is_named(int fd, const std::string& name) {
  struct stat opened {
  }, named{};
  return ::fstat(fd, &opened) == 0 && ::lstat(path_of(name).c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/// A regular file that this user alone can open.
bool is_own(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 077) == 0;
}

/// Opens a file of this user. When that fails, errno gives the reason: ENOENT without a file, EPERM
/// when the file is not this user's alone, EWOULDBLOCK when another program has a lease on the file
/// (F_SETLEASE). Throws std::system_error when this process can open no more files.
Descriptor open_own(const std::string& name) {
  Descriptor file(::open(path_of(name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file && (errno == EMFILE || errno == ENFILE)) system_failure("open");
  if (!file || is_own(file.get())) return file;
  errno = EPERM;
  return {};
}

/// Whether the creator is dead and no process is attached. Then the arena is being removed, or will
/// be.
bool is_abandoned(int fd) {
  const auto origin = origin_of(fd);
  return origin && !is_alive(origin->creator) && !is_held(fd, FileLock::presence);
}

/// Whether a sweeper is removing the arena: only a sweeper owns `presence`, and only a dead
/// creator's.
bool is_being_swept(int fd) {
  const auto origin = origin_of(fd);
  return origin && is_owned(fd, FileLock::presence) && !is_alive(origin->creator);
}

ArenaFailure name_taken(const std::string& name) {
  const Descriptor file = open_own(name);
  if (file && origin_of(file.get())) {
    return ArenaFailure(
        "ERR_ARENA_NAME_TAKEN",
        "an arena named '" + name + "' exists. Attach to it, or choose another name.");
  }
  return ArenaFailure("ERR_ARENA_NAME_TAKEN",
                      "the name '" + name + "' is taken: " + path_of(name) +
                          " is no arena of this user. Remove it, or choose another name.");
}

ArenaFailure not_found(const std::string& name) {
  return ArenaFailure("ERR_ARENA_STALE_HANDLE",
                      "no arena is named '" + name + "'. Create it first.");
}

ArenaFailure not_ours(const std::string& name) {
  return ArenaFailure("ERR_ARENA_SYSTEM", "cannot open the arena named '" + name +
                                              "': " + std::strerror(errno) +
                                              ". It must be a file of this user, mode 0600.");
}

ArenaFailure locked(const std::string& name) {
  return ArenaFailure("ERR_ARENA_SYSTEM",
                      "cannot attach to the arena named '" + name +
                          "': another program holds a lock on " + path_of(name) +
                          ". End that program ('fuser' finds it), or use another name.");
}

/// Opens the file and shares `presence`. False while a lock of another process prevents that.
bool try_attach(const std::string& name, Descriptor& attached) {
  Descriptor file = open_own(name);
  if (!file) {
    if (errno == ENOENT) throw not_found(name);
    if (errno == EWOULDBLOCK) return false;
    throw not_ours(name);
  }
  if (!try_share(file.get(), FileLock::presence)) {
    if (is_being_swept(file.get())) throw not_found(name);
    return false;
  }
  // A sweeper may have removed the name between our open and our lock. Then try again.
  if (!is_named(file.get(), name)) return false;
  attached = std::move(file);
  return true;
}

/// False while a sweeper is removing the file that has the name now.
bool try_link(int nameless, const std::string& name) {
  const std::string file = "/proc/self/fd/" + std::to_string(nameless);
  if (::linkat(AT_FDCWD, file.c_str(), AT_FDCWD, path_of(name).c_str(), AT_SYMLINK_FOLLOW) == 0) {
    return true;
  }
  if (errno != EEXIST) system_failure("linkat");
  const Descriptor present = open_own(name);
  if (!present) {
    if (errno == ENOENT) return false;
    throw name_taken(name);
  }
  if (is_abandoned(present.get()))
    (void)sweep_named();
  else if (!is_being_swept(present.get()))
    throw name_taken(name);
  return false;
}

/// Opens the same file by its name. /proc shows the path by which a descriptor was opened, so
/// people find the name there. Returns `nameless` when the open fails.
Descriptor reopen_by(const std::string& name, Descriptor&& nameless) {
  Descriptor named = open_own(name);
  const bool same = named && is_named(nameless.get(), name) && is_named(named.get(), name) &&
                    try_share(named.get(), FileLock::presence);
  return std::move(same ? named : nameless);
}

template <typename Visit>
void for_each_named(Visit visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(kFolder), ::closedir);
  if (!folder) {
    if (errno == ENOENT || errno == EACCES) return;
    system_failure("opendir");
  }
  while (const dirent* entry = ::readdir(folder.get())) {
    if (std::strncmp(entry->d_name, kFilePrefix, sizeof kFilePrefix - 1) != 0) continue;
    const std::string name = entry->d_name + sizeof kFilePrefix - 1;
    const Descriptor file = open_own(name);
    if (file) visit(name, file.get());
  }
}

}  // namespace

void check_name(const std::string& name) {
  sweep_named();
  struct stat status {};
  if (::lstat(path_of(name).c_str(), &status) != 0) return;
  const Descriptor file = open_own(name);
  // A file that is being removed now is gone before we link the name.
  if (file && (is_abandoned(file.get()) || is_being_swept(file.get()))) return;
  if (!file && errno == ENOENT) return;
  throw name_taken(name);
}

Descriptor create_nameless() {
  Descriptor file(::open(kFolder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file) system_failure("open(O_TMPFILE) in /dev/shm");
  if (::fchmod(file.get(), 0600) != 0) system_failure("fchmod");
  if (!try_share(file.get(), FileLock::presence)) system_failure("fcntl(F_OFD_SETLK)");
  return file;
}

Descriptor give_name(Descriptor nameless, const std::string& name) {
  if (!try_for_a_while([&] { return try_link(nameless.get(), name); })) throw name_taken(name);
  try {
    return reopen_by(name, std::move(nameless));
  } catch (const std::system_error&) {
    return nameless;
  }
}

Descriptor open_named(const std::string& name) {
  Descriptor attached;
  if (!try_for_a_while([&] { return try_attach(name, attached); })) throw locked(name);
  return attached;
}

bool remove_name(int fd, const std::string& name) {
  // Another process that owns the lock is removing this very name.
  if (!try_for_a_while([&] { return try_own(fd, FileLock::removal); })) return false;
  const bool removed = is_named(fd, name) && ::unlink(path_of(name).c_str()) == 0;
  release(fd, FileLock::removal);
  return removed;
}

std::vector<NamedArena> list_named() {
  std::vector<NamedArena> found;
  for_each_named([&](const std::string& name, int fd) {
    NamedArena arena{name, 0, 0, false, false, false};
    struct stat status {};
    if (::fstat(fd, &status) == 0) arena.size = static_cast<std::uint64_t>(status.st_size);
    if (const auto origin = origin_of(fd)) {
      arena.compatible = origin->compatible;
      arena.creator_pid = origin->creator.pid;
      arena.creator_alive = is_alive(origin->creator);
    }
    arena.attached = is_held(fd, FileLock::presence);
    found.push_back(arena);
  });
  return found;
}

std::vector<std::string> sweep_named() {
  std::vector<std::string> swept;
  for_each_named([&](const std::string& name, int fd) {
    const auto origin = origin_of(fd);
    if (!origin || is_alive(origin->creator)) return;
    // Owning `presence` proves that no process is attached, and lets none attach until the file is
    // closed.
    if (!try_own(fd, FileLock::presence)) return;
    if (remove_name(fd, name)) swept.push_back(name);
  });
  return swept;
}

}  // namespace arena::core
