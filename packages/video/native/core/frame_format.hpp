#pragma once

#include <cstdint>
#include <span>

#include "av_ptr.hpp"

namespace arena::video {

enum class FrameFormat { yuv420p, rgb24, gray };

/// The layout of a decoded picture in a tensor: rows without gaps, planes one after the other.
///
///   yuv420p   [height * 3 / 2, width]   Y, then U and V at half the width and height
///   rgb24     [height, width, 3]
///   gray      [height, width]
struct FrameLayout {
  FrameFormat format;
  int width;
  int height;

  std::uint64_t byte_length() const noexcept;
  AVPixelFormat pixel_format() const noexcept;
};

/// @throws MediaError argument when the size is not positive, too large, or odd for yuv420p.
void check_frame_layout(const FrameLayout& layout);

/// Scales and converts pictures to one layout (bicubic, colors as the stream declares them).
class FrameConverter {
 public:
  explicit FrameConverter(const FrameLayout& layout) : layout_(layout) {}

  /// Writes one picture of layout.byte_length() bytes.
  void convert(const AVFrame& frame, std::span<std::uint8_t> target);

 private:
  void scale(const AVFrame& frame, std::uint8_t* const planes[4], const int strides[4]);
  void configure(const AVFrame& frame);

  FrameLayout layout_;
  AvPtr<SwsContext> scaler_;
  AvPtr<AVFrame> scratch_;
  /// The input for which the scaler was made.
  struct Source {
    int width, height, format, color_space, color_range;
    bool operator==(const Source&) const = default;
  } source_{};
};

}  // namespace arena::video
