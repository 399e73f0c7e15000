/// The first bytes of a region. Its creator writes them once; everybody who attaches checks them.
#pragma once

#include <optional>

#include "layout.hpp"

namespace arena::core {

/// What a checked header says.
struct HeaderContent {
  RegionConfig config;
  Creator creator;
};

/// Writes the header of a file that nobody else can see yet, and whatever must not be zero in a
/// region where nothing has happened. The file has its full size.
HeaderContent write_header(int fd, const RegionConfig& config);

/// Reads the header into private memory and checks every field of it. `reached_by` is what led to
/// the file: "name" or "handle". Throws ERR_ARENA_INCOMPATIBLE.
HeaderContent read_header(int fd, const char* reached_by);

/// Who created an arena of any version of this program.
struct Origin {
  Creator creator;
  /// Whether this version can attach.
  bool compatible;
};

/// Nothing when the file holds no arena.
std::optional<Origin> origin_of(int fd);

/// False when the creator is proven dead.
bool is_alive(const Creator& creator);

}  // namespace arena::core
