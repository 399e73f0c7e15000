#pragma once

#include <cstdint>
#include <optional>

#include "byte_source.hpp"

namespace arena::video {

/// Where a Matroska or WebM file ends by its own account; nothing for any other file, and for one
/// that was written without knowing (a live stream).
///
/// libav's demuxer takes a file that was cut off for one that ends there.
/// Source: RFC 8794, sections 4 to 6, for how ids and sizes are coded.
std::optional<std::int64_t> matroska_end(ByteSource& source) noexcept;

}  // namespace arena::video
