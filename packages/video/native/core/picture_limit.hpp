/// The limit of picture sizes: a file of a few bytes can ask for gigabytes.
#pragma once

#include <cstdint>
#include <string>

namespace arena::video {

struct PictureSize {
  unsigned width;
  unsigned height;
};

/// Names the refused size, and the `maxPixels` that would allow it.
[[noreturn]] void throw_pictures_too_large(const std::string& step, PictureSize size);

/// Largest number of pixels in a picture.
class PictureLimit {
 public:
  /// libav itself allows no more than this.
  static constexpr std::int64_t kMost = std::int64_t{1} << 28;

  /// Also limits each allocation of libav, for instance that of a file's index, to the size of the
  /// deepest picture with this many pixels. libav has one such limit for the whole process, so the
  /// largest limit so far counts.
  explicit PictureLimit(std::int64_t max_pixels);

  std::int64_t max_pixels() const noexcept { return max_pixels_; }
  /// @throws MediaError too_large; `step` names the work that needs the picture.
  void check(int width, int height, const char* step) const;

 private:
  std::int64_t max_pixels_;
};

}  // namespace arena::video
