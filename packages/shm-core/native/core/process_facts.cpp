#include "process_facts.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <system_error>

#include "descriptor.hpp"
#include "small_file.hpp"

namespace arena::core {

ProcessFacts facts_of(const ProcessIdentity& who) {
  ProcessFacts facts;
  const std::string folder = "/proc/" + std::to_string(who.pid);
  const auto stat = read_small_file(folder + "/stat");
  if (!stat || start_time_of(who.pid) != who.start_time) return facts;
  // The program's name may hold spaces and parentheses: the state follows the last parenthesis.
  const std::size_t name_end = stat->rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= stat->size()) return facts;
  facts.state = (*stat)[name_end + 2];
  try {
    facts.sleeps_in = read_small_file(folder + "/wchan").value_or("");
  } catch (const std::system_error&) {
    // This user may not see it.
  }
  if (facts.sleeps_in == "0") facts.sleeps_in.clear();
  const std::string times = read_small_file(folder + "/schedstat").value_or("");
  char* end = nullptr;
  facts.ran_ns = std::strtoull(times.c_str(), &end, 10);
  facts.queued_ns = std::strtoull(end, nullptr, 10);
  return facts;
}

std::optional<std::uint32_t> untaken_rings(std::uint32_t pid, std::uint64_t fd,
                                           std::uint64_t inode) {
  const std::string path = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd);
  struct stat status {};
  const auto announced = [&] { return S_ISFIFO(status.st_mode) && status.st_ino == inode; };
  if (::stat(path.c_str(), &status) != 0 || !announced()) return std::nullopt;
  // Opens the pipe as a second reader for a moment, and takes no byte out of it.
  const Descriptor pipe(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  int bytes = 0;
  if (!pipe || ::fstat(pipe.get(), &status) != 0 || !announced()) return std::nullopt;
  if (::ioctl(pipe.get(), FIONREAD, &bytes) != 0 || bytes < 0) return std::nullopt;
  return static_cast<std::uint32_t>(bytes);
}

}  // namespace arena::core
