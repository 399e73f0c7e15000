#include "small_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "descriptor.hpp"

namespace arena::core {
namespace {

constexpr std::size_t kLongest = 64 * 1024;

std::optional<std::string> nothing_or_throw(const std::string& path) {
  if (errno == ENOENT || errno == ESRCH) return std::nullopt;
  throw std::system_error(errno, std::generic_category(), path);
}

}  // namespace

std::optional<std::string> read_small_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return nothing_or_throw(path);
  std::string text;
  while (text.size() < kLongest) {
    char buffer[4096];
    const ssize_t length = ::read(file.get(), buffer, sizeof buffer);
    if (length < 0) return nothing_or_throw(path);
    if (length == 0) break;
    text.append(buffer, static_cast<std::size_t>(length));
  }
  return text;
}

}  // namespace arena::core
