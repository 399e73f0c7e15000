#include "memory_budget.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

#include "failure.hpp"

namespace arena::core {
namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

std::uint64_t read_number(const std::string& path, std::uint64_t otherwise) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  return file >> value ? value : otherwise;
}

std::uint64_t mem_available() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::uint64_t kib = 0;
  std::string rest;
  while (file >> key >> kib) {
    std::getline(file, rest);
    if (key == "MemAvailable:") return kib * 1024;
  }
  return kUnlimited;
}

/// Room in this process's control group (v2), the page cache of which the kernel would reclaim.
std::uint64_t control_group_room() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind("0::", 0) != 0) continue;
    const std::string folder = "/sys/fs/cgroup" + line.substr(3);
    const std::uint64_t limit = read_number(folder + "/memory.max", kUnlimited);
    const std::uint64_t used = read_number(folder + "/memory.current", 0);
    return limit == kUnlimited ? kUnlimited : limit - std::min(limit, used);
  }
  return kUnlimited;
}

[[noreturn]] void refuse(std::uint64_t bytes, std::uint64_t free, const char* remedy) {
  throw ArenaFailure("ERR_ARENA_OUT_OF_MEMORY", "not enough memory for the arena: need " +
                                                    std::to_string(bytes) + " bytes, " +
                                                    std::to_string(free) + " free. " + remedy);
}

}  // namespace

std::uint64_t available_memory() { return std::min(mem_available(), control_group_room()); }

void check_budget(std::uint64_t bytes) {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && bytes > limit.rlim_cur) {
    refuse(bytes, limit.rlim_cur, "Raise the file size limit (ulimit -f), or make the arena smaller.");
  }
  const std::uint64_t free = available_memory();
  if (bytes > free) refuse(bytes, free, "Make the arena smaller.");
}

}  // namespace arena::core
