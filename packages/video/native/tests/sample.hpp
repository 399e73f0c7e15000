#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "demuxer.hpp"
#include "video_data.hpp"

namespace arena::video {

/// An H.264 MP4 of 96 x 64 pixels: 60 pictures, keyframes at 0 and 30.
inline const std::vector<std::uint8_t>& sample_file() {
  static const auto file = create_video_data(
      {.target_bytes = 60'000, .duration_seconds = 2, .width = 96, .height = 64}, Interrupt{});
  return file;
}

inline Demuxer demuxer_over(std::span<const std::uint8_t> bytes, const DemuxOptions& options = {}) {
  return Demuxer(open_bytes(bytes), options, std::make_shared<Interrupt>());
}

inline constexpr std::size_t kEverything = 1 << 30;

inline VideoPackets sample_packets() {
  auto demuxer = demuxer_over(sample_file());
  demuxer.gather(kEverything);
  return demuxer.take();
}

inline std::vector<std::uint8_t> packed(const VideoPackets& packets) {
  std::vector<std::uint8_t> bytes(packets.packed_length());
  packets.pack_into(bytes);
  return bytes;
}

/// Runs `call` and returns the kind of the MediaError that it threw, if it threw one.
inline std::optional<MediaErrorKind> failure_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const MediaError& error) {
    return error.kind();
  }
  return std::nullopt;
}

}  // namespace arena::video
