/// How a process finds an arena: through a descriptor of a living process, or by name.
#pragma once

#include <cstdint>
#include <string>

namespace arena::core {

/// As text: `arena:1:fd:<pid>:<descriptor>:<start time>:<nonce>` or `arena:1:name:<name>`.
struct Handle {
  /// Empty for an anonymous region.
  std::string name;
  std::uint32_t pid = 0;
  int fd = -1;
  /// Start time of the process. It tells a reused pid apart.
  std::uint64_t start_time = 0;
  /// Random number of the region. It tells a reused descriptor apart.
  std::uint64_t nonce = 0;

  std::string to_string() const;
  /// Throws ERR_ARENA_HANDLE.
  static Handle parse(const std::string& text);
};

}  // namespace arena::core
