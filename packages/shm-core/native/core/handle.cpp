#include "handle.hpp"

#include <charconv>
#include <cstdio>

#include "failure.hpp"

namespace arena::core {
namespace {

constexpr char kPrefix[] = "arena:1:";

[[noreturn]] void malformed(const std::string& text) {
  throw ArenaFailure("ERR_ARENA_HANDLE", "malformed arena handle: '" + text.substr(0, 80) +
                                             "'. Pass the `handle` of an open arena unchanged.");
}

template <typename T>
T take_number(const std::string& text, const char*& at, const char* end, int base) {
  T value{};
  const auto [next, error] = std::from_chars(at, end, value, base);
  if (error != std::errc{} || (next != end && *next != ':')) malformed(text);
  at = next == end ? end : next + 1;
  return value;
}

}  // namespace

std::string Handle::to_string() const {
  if (!name.empty()) return std::string(kPrefix) + "name:" + name;
  char text[96];
  std::snprintf(text, sizeof text, "%sfd:%u:%d:%llu:%016llx", kPrefix, pid, fd,
                static_cast<unsigned long long>(start_time),
                static_cast<unsigned long long>(nonce));
  return text;
}

Handle Handle::parse(const std::string& text) {
  Handle handle;
  const auto starts = [&](const std::string& prefix) { return text.rfind(prefix, 0) == 0; };
  const std::string named = std::string(kPrefix) + "name:";
  const std::string anonymous = std::string(kPrefix) + "fd:";
  if (starts(named)) {
    handle.name = text.substr(named.size());
    if (handle.name.empty() || handle.name.size() > 200 ||
        handle.name.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") !=
            std::string::npos) {
      malformed(text);
    }
    return handle;
  }
  if (!starts(anonymous)) malformed(text);
  const char* at = text.data() + anonymous.size();
  const char* const end = text.data() + text.size();
  handle.pid = take_number<std::uint32_t>(text, at, end, 10);
  handle.fd = take_number<int>(text, at, end, 10);
  handle.start_time = take_number<std::uint64_t>(text, at, end, 10);
  handle.nonce = take_number<std::uint64_t>(text, at, end, 16);
  if (at != end || handle.fd < 0 || handle.pid == 0) malformed(text);
  return handle;
}

}  // namespace arena::core
