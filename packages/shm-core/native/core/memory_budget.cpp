#include "memory_budget.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

#include "failure.hpp"
#include "layout.hpp"
#include "small_file.hpp"

namespace arena::core {
namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kSmallestStep = std::uint64_t{2} << 20;
/// A step takes the free memory divided by this, so this many processes may create arenas at once.
constexpr std::uint64_t kStepsAtOnce = 8;

/// Bytes that stay free beside any arena, for other allocations of the process.
constexpr std::uint64_t kKeptFree = std::uint64_t{8} << 20;
/// An arena leaves its size divided by this free as well, for page tables.
constexpr std::uint64_t kBytesPerTableByte = 256;

/// Bytes that stay free beside an arena of `bytes`.
constexpr std::uint64_t kept_free(std::uint64_t bytes) {
  return kKeptFree + bytes / kBytesPerTableByte;
}

/// The bytes of the largest arena for which `free` bytes are enough.
constexpr std::uint64_t largest_arena(std::uint64_t free) {
  return (free - std::min(free, kKeptFree)) / (kBytesPerTableByte + 1) * kBytesPerTableByte;
}

/// An unreadable file sets no limit. Without a free descriptor no limit can be known, so this
/// throws.
std::istringstream read(const std::string& path) try {
  return std::istringstream(read_small_file(path).value_or(""));
} catch (const std::system_error& error) {
  if (error.code().value() == EMFILE || error.code().value() == ENFILE) throw;
  return {};
}

std::uint64_t read_number(const std::string& path, std::uint64_t otherwise) {
  std::istringstream text = read(path);
  std::uint64_t value = 0;
  return text >> value ? value : otherwise;
}

std::uint64_t mem_available() {
  std::istringstream text = read("/proc/meminfo");
  std::string key;
  std::uint64_t kib = 0;
  std::string rest;
  while (text >> key >> kib) {
    std::getline(text, rest);
    if (key == "MemAvailable:") return kib * 1024;
  }
  return kUnlimited;
}

/// The sum of some lines `key value` of a memory.stat.
std::uint64_t stat_sum(const std::string& path, std::initializer_list<std::string_view> keys) {
  std::istringstream text = read(path);
  std::string key;
  std::uint64_t value = 0, sum = 0;
  while (text >> key >> value) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) sum += value;
  }
  return sum;
}

/// File names of one version of control groups.
struct GroupFiles {
  std::string mount;
  const char* limit;
  const char* used;
  std::initializer_list<std::string_view> reclaimable;
};

/// Free bytes of the group at `path` and of all groups above it. The group counts cached files as
/// used, but the kernel frees them when memory is needed. The kernel does not free shared memory.
std::uint64_t room_in(const GroupFiles& files, std::string path) {
  std::uint64_t room = kUnlimited;
  for (;;) {
    const std::string folder = files.mount + path;
    const std::uint64_t limit = read_number(folder + files.limit, kUnlimited);
    if (limit < kUnlimited / 4) {
      const std::uint64_t used = read_number(folder + files.used, 0);
      const std::uint64_t cache = stat_sum(folder + "/memory.stat", files.reclaimable);
      const std::uint64_t taken = used - std::min(used, cache);
      room = std::min(room, limit - std::min(limit, taken));
    }
    const std::size_t end = path.rfind('/');
    if (path.empty() || end == std::string::npos) return room;
    path.resize(end);
  }
}

/// Room in this process's control group, of either version.
std::uint64_t control_group_room() {
  static const GroupFiles v2{
      "/sys/fs/cgroup", "/memory.max", "/memory.current", {"inactive_file", "active_file"}};
  static const GroupFiles v1{"/sys/fs/cgroup/memory",
                             "/memory.limit_in_bytes",
                             "/memory.usage_in_bytes",
                             {"total_inactive_file", "total_active_file"}};
  std::istringstream groups = read("/proc/self/cgroup");
  std::uint64_t room = kUnlimited;
  for (std::string line; std::getline(groups, line);) {
    const std::size_t at = line.find(":/");
    if (at == std::string::npos) continue;
    std::string path = line.substr(at + 1);
    if (path == "/") path.clear();
    if (line.rfind("0::", 0) == 0) room = std::min(room, room_in(v2, path));
    if (line.find(":memory:") != std::string::npos) room = std::min(room, room_in(v1, path));
  }
  return room;
}

[[noreturn]] void refuse(std::uint64_t bytes, std::uint64_t free, const char* remedy) {
  throw ArenaFailure("ERR_ARENA_OUT_OF_MEMORY", "not enough memory for the arena: need " +
                                                    std::to_string(bytes) + " bytes, " +
                                                    std::to_string(free) + " free. " + remedy);
}

}  // namespace

std::uint64_t available_memory() { return std::min(mem_available(), control_group_room()); }

std::uint64_t available_address_space() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  const std::uint64_t used = read_number("/proc/self/statm", 0) * kPageSize;
  return limit.rlim_cur - std::min<std::uint64_t>(limit.rlim_cur, used);
}

void check_budget(std::uint64_t bytes) {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && bytes > limit.rlim_cur) {
    refuse(bytes, limit.rlim_cur,
           "Raise the file size limit (ulimit -f), or make the arena smaller.");
  }
  const std::uint64_t addresses = available_address_space();
  if (bytes > addresses) {
    refuse(bytes, addresses,
           "Raise the address space limit (ulimit -v), or make the arena smaller.");
  }
  (void)next_step(bytes, 0);
}

std::uint64_t next_step(std::uint64_t total, std::uint64_t taken) {
  const std::uint64_t left = total - taken;
  const std::uint64_t free = available_memory();
  const std::uint64_t kept = kept_free(total);
  if (left + kept > free) {
    refuse(
        total, largest_arena(taken + free),
        taken == 0
            ? "Make the arena smaller."
            : "Other processes have taken memory meanwhile. Try again, or make the arena smaller.");
  }
  return std::min(left, std::max(kSmallestStep, free / kStepsAtOnce));
}

}  // namespace arena::core
