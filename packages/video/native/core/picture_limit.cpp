#include "picture_limit.hpp"

#include <algorithm>
#include <limits>
#include <mutex>

#include "av_ptr.hpp"
#include "media_error.hpp"

namespace arena::video {
namespace {

/// Four channels of 16 bits.
constexpr std::int64_t kMostBytesPerPixel = 8;
/// The index of a file, and other data beside pictures, need room as well.
constexpr std::int64_t kLeastBound = std::int64_t{1} << 28;

void bound_allocations(std::int64_t max_pixels) {
  static std::mutex mutex;
  static std::int64_t bound = 0;
  const std::lock_guard lock(mutex);
  const auto wanted = std::clamp<std::int64_t>(max_pixels * kMostBytesPerPixel, kLeastBound,
                                               std::numeric_limits<int>::max());
  if (wanted <= bound) return;
  bound = wanted;
  av_max_alloc(static_cast<std::size_t>(bound));
}

}  // namespace

void throw_pictures_too_large(const std::string& step, PictureSize size) {
  const auto pixels = static_cast<std::uint64_t>(size.width) * size.height;
  throw MediaError(MediaErrorKind::too_large,
                   step + ": pictures of " + std::to_string(size.width) + " x " +
                       std::to_string(size.height) +
                       " have more pixels than maxPixels allows. If you trust the source, pass a "
                       "maxPixels of " +
                       std::to_string(pixels) + ".");
}

PictureLimit::PictureLimit(std::int64_t max_pixels) : max_pixels_(std::min(max_pixels, kMost)) {
  bound_allocations(max_pixels_);
}

void PictureLimit::check(int width, int height, const char* step) const {
  if (width <= 0 || height <= 0) return;
  if (std::int64_t{width} * height <= max_pixels_) return;
  throw_pictures_too_large(step, {static_cast<unsigned>(width), static_cast<unsigned>(height)});
}

}  // namespace arena::video
