#pragma once

#include <cstdint>
#include <vector>

#include "interrupt.hpp"

namespace arena::video {

struct VideoDataOptions {
  std::uint64_t target_bytes;
  double duration_seconds;
  int width;
  int height;
};

/// Encodes an H.264 MP4 (30 frames a second, a keyframe a second) whose stream has about
/// `target_bytes` bytes: x264 fills up to a constant bit rate, whatever the pictures need. It needs
/// memory for the result and a few pictures.
///
/// @throws MediaError argument when the bit rate is out of x264's range; media
///   when this libav has no libx264; interrupted.
std::vector<std::uint8_t> create_video_data(const VideoDataOptions& options,
                                            const Interrupt& interrupt);

}  // namespace arena::video
