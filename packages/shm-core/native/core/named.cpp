#include "named.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <boost/interprocess/permissions.hpp>
#include <boost/interprocess/shared_memory_object.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "process_identity.hpp"
#include "region.hpp"

namespace arena::core {
namespace bip = boost::interprocess;
namespace {

constexpr char kFolder[] = "/dev/shm";
constexpr char kFilePrefix[] = "arena-";

std::string object_name(const std::string& name) { return kFilePrefix + name; }
std::string path_of(const std::string& name) {
  return std::string(kFolder) + "/" + object_name(name);
}

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// Removes a name that was just created, unless everything went well.
class NameGuard {
 public:
  explicit NameGuard(const std::string& name) : name_(name) {}
  ~NameGuard() {
    if (!name_.empty()) unlink_named(name_);
  }
  NameGuard(const NameGuard&) = delete;
  NameGuard& operator=(const NameGuard&) = delete;
  void keep() noexcept { name_.clear(); }

 private:
  std::string name_;
};

bool still_named(int fd, const std::string& name) {
  struct stat opened {
  }, named{};
  return ::fstat(fd, &opened) == 0 && ::lstat(path_of(name).c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/// The header as written by the creator, or false when there is none yet.
bool peek_header(int fd, RegionHeader& header) {
  alignas(RegionHeader) std::byte bytes[sizeof(RegionHeader)];
  if (::pread(fd, bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) return false;
  std::memcpy(static_cast<void*>(&header), bytes, sizeof header);
  return header.magic.load() == kMagic && header.layout_version == kLayoutVersion &&
         header.abi_hash == abi_hash();
}

bool creator_alive(const Creator& creator) {
  const auto boot = boot_id();
  if (std::memcmp(boot.data(), creator.boot_id, boot.size()) != 0) return false;
  // Not to be told apart from here: assume it lives.
  if (creator.pid_namespace != pid_namespace()) return true;
  return ProcessWatch::open({creator.pid, creator.start_time}).has_value();
}

/// Opens an existing file of this user; -1 when there is none, or it is not ours to touch.
int open_own(const std::string& name) {
  const int fd = ::open(path_of(name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return -1;
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid() ||
      (status.st_mode & 077) != 0) {
    ::close(fd);
    errno = EPERM;
    return -1;
  }
  return fd;
}

template <typename Visit>
void for_each_named(Visit visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(kFolder), ::closedir);
  if (!folder) return;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (std::strncmp(entry->d_name, kFilePrefix, sizeof kFilePrefix - 1) != 0) continue;
    const std::string name = entry->d_name + sizeof kFilePrefix - 1;
    const Descriptor fd(open_own(name));
    if (fd.get() >= 0) visit(name, fd.get());
  }
}

}  // namespace

std::uint64_t free_bytes_behind(int fd) {
  struct statvfs status {};
  return ::fstatvfs(fd, &status) == 0 ? status.f_bavail * status.f_frsize : 0;
}

int create_named(const std::string& name, std::uint64_t size, Allocate allocate) {
  sweep_named();
  bip::permissions mode;
  mode.set_permissions(0600);
  try {
    bip::shared_memory_object object(bip::create_only, object_name(name).c_str(), bip::read_write,
                                     mode);
    NameGuard guard(name);
    const int shared = object.get_mapping_handle().handle;
    Descriptor fd(::fcntl(shared, F_DUPFD_CLOEXEC, 3));
    if (fd.get() < 0) throw std::system_error(errno, std::generic_category(), "fcntl");
    if (::flock(fd.get(), LOCK_SH) != 0) {
      throw std::system_error(errno, std::generic_category(), "flock");
    }
    // A sweeper may have taken the still unlocked file for an abandoned one.
    const bool swept = !still_named(fd.get(), name);
    if (!swept) allocate(fd.get(), size, true);
    guard.keep();
    return swept ? create_named(name, size, allocate) : fd.release();
  } catch (const bip::interprocess_exception& error) {
    if (error.get_error_code() == bip::already_exists_error) {
      throw ArenaFailure(
          "ERR_ARENA_NAME_TAKEN",
          "an arena named '" + name + "' exists. Attach to it, or choose another name.");
    }
    throw std::system_error(error.get_native_error(), std::generic_category(), "shm_open");
  }
}

int open_named(const std::string& name) {
  for (;;) {
    Descriptor fd(open_own(name));
    if (fd.get() < 0) {
      if (errno == ENOENT) {
        throw ArenaFailure("ERR_ARENA_STALE_HANDLE",
                           "no arena is named '" + name + "'. Create it first.");
      }
      throw ArenaFailure("ERR_ARENA_SYSTEM", "cannot open the arena named '" + name +
                                                 "': " + std::strerror(errno) +
                                                 ". It must be a file of this user, mode 0600.");
    }
    if (::flock(fd.get(), LOCK_SH) != 0) {
      throw std::system_error(errno, std::generic_category(), "flock");
    }
    // A sweeper may have removed the name between opening and locking: then look again.
    if (still_named(fd.get(), name)) return fd.release();
  }
}

std::vector<NamedArena> list_named() {
  std::vector<NamedArena> found;
  for_each_named([&](const std::string& name, int fd) {
    NamedArena arena{name, 0, 0, false, false, false};
    struct stat status {};
    if (::fstat(fd, &status) == 0) arena.size = static_cast<std::uint64_t>(status.st_size);
    RegionHeader header{};
    if (peek_header(fd, header)) {
      arena.compatible = true;
      arena.creator_pid = header.creator.pid;
      arena.creator_alive = creator_alive(header.creator);
    }
    arena.attached = ::flock(fd, LOCK_EX | LOCK_NB) != 0;
    found.push_back(arena);
  });
  return found;
}

std::vector<std::string> sweep_named() {
  std::vector<std::string> swept;
  for_each_named([&](const std::string& name, int fd) {
    // The exclusive lock proves that nobody is attached, and keeps others out until we are done.
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0 || !still_named(fd, name)) return;
    RegionHeader header{};
    // Without a header its creator died while making it: alive, it would hold the lock.
    if (peek_header(fd, header) && creator_alive(header.creator)) return;
    if (unlink_named(name)) swept.push_back(name);
  });
  return swept;
}

bool unlink_named(const std::string& name) {
  return bip::shared_memory_object::remove(object_name(name).c_str());
}

}  // namespace arena::core
