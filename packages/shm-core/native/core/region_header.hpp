/// The first bytes of a region. The creator writes them once, and each process that attaches checks
/// them.
#pragma once

#include <optional>

#include "layout.hpp"

namespace arena::core {

/// The content of a checked header.
struct HeaderContent {
  RegionConfig config;
  Creator creator;
};

/// Writes the header, and the other bytes that must not be zero in a new region. No other process
/// can see the file yet. The file has its full size.
HeaderContent write_header(int fd, const RegionConfig& config);

/// Reads the header into private memory and checks every field. `reached_by` says how the caller
/// found the file: "name" or "handle". Throws ERR_ARENA_INCOMPATIBLE.
HeaderContent read_header(int fd, const char* reached_by);

/// The creator of an arena, which may be of another layout version.
struct Origin {
  Creator creator;
  /// Whether this version of arena can attach.
  bool compatible;
};

/// Nothing when the file holds no arena.
std::optional<Origin> origin_of(int fd);

/// False when the creator is proven dead.
bool is_alive(const Creator& creator);

}  // namespace arena::core
