/// How large pictures may be: a file of a few bytes can ask for gigabytes.
#pragma once

#include <cstdint>
#include <string>

namespace arena::video {

struct PictureSize {
  unsigned width;
  unsigned height;
};

/// Says which size was refused, and which `maxPixels` would allow it.
[[noreturn]] void throw_pictures_too_large(const std::string& step, PictureSize size);

/// Most pixels of a picture.
class PictureLimit {
 public:
  /// libav takes no more than this itself.
  static constexpr std::int64_t kMost = std::int64_t{1} << 28;

  /// Also bounds what libav allocates in one piece, an index of the file included, to what the
  /// deepest picture of so many pixels takes. libav has one such bound for the whole process: it
  /// is that of the largest limit so far.
  explicit PictureLimit(std::int64_t max_pixels);

  std::int64_t max_pixels() const noexcept { return max_pixels_; }
  /// @throws MediaError too_large; `step` is what needs the picture.
  void check(int width, int height, const char* step) const;

 private:
  std::int64_t max_pixels_;
};

}  // namespace arena::video
