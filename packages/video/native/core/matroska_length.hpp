#pragma once

#include <cstdint>
#include <optional>

#include "byte_source.hpp"

namespace arena::video {

/// The end of a Matroska or WebM file as the file itself states it. Nothing for other files, and
/// for files whose writer did not know the end (a live stream).
///
/// libav's demuxer does not notice that a file was cut off.
/// Source: RFC 8794, sections 4 to 6, for how ids and sizes are coded.
std::optional<std::int64_t> matroska_end(ByteSource& source) noexcept;

}  // namespace arena::video
