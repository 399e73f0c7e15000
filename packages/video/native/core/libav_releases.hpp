#pragma once

/// What differs between FFmpeg 4.4, 5, 6 and 7.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <cstdint>
#include <span>

namespace arena::video {

#if LIBAVFORMAT_VERSION_MAJOR < 59
using InputFormat = AVInputFormat;
#else
using InputFormat = const AVInputFormat;
#endif

#if LIBAVFORMAT_VERSION_MAJOR < 61
using WrittenBytes = std::uint8_t*;
#else
using WrittenBytes = const std::uint8_t*;
#endif

inline std::span<const AVPacketSideData> side_data_of(const AVStream& stream) noexcept {
#if LIBAVCODEC_VERSION_MAJOR >= 61
  const AVCodecParameters& from = *stream.codecpar;
  return {from.coded_side_data, static_cast<std::size_t>(from.nb_coded_side_data)};
#else
  // FFmpeg 6.1 prefers the codec's parameters. 6.0 has no such field in them, and shares the
  // binary.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  return {stream.side_data, static_cast<std::size_t>(stream.nb_side_data)};
#pragma GCC diagnostic pop
#endif
}

inline int index_entries(AVStream* stream) noexcept {
#if LIBAVFORMAT_VERSION_MAJOR < 59
  return stream->nb_index_entries;
#else
  return avformat_index_get_entries_count(stream);
#endif
}

inline const AVIndexEntry& index_entry(AVStream* stream, int at) noexcept {
#if LIBAVFORMAT_VERSION_MAJOR < 59
  return stream->index_entries[at];
#else
  return *avformat_index_get_entry(stream, at);
#endif
}

}  // namespace arena::video
