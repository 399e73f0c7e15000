#include "matroska_length.hpp"

#include <bit>

namespace arena::video {
namespace {

constexpr std::uint32_t kHeaderId = 0x1a45'dfa3;
constexpr std::uint32_t kSegmentId = 0x1853'8067;

/// One element's id and size, and where its content begins.
struct Element {
  std::uint32_t id;
  /// Absent when the writer of the file did not know the size.
  std::optional<std::int64_t> length;
  std::int64_t content;
};

std::optional<Element> read_element(ByteSource& source, std::int64_t position) noexcept {
  std::uint8_t bytes[12];
  if (source.read_at(position, bytes, sizeof bytes) < static_cast<int>(sizeof bytes)) return {};
  Element element{};
  for (int i = 0; i < 4; ++i) element.id = element.id << 8 | bytes[i];
  // The first set bit gives the number of bytes; the bits after it are the value.
  const int width = std::countl_zero(bytes[4]) + 1;
  if (width > 8) return {};
  std::uint64_t value = bytes[4] & (0xff >> width);
  for (int i = 1; i < width; ++i) value = value << 8 | bytes[4 + i];
  const std::uint64_t unknown = (std::uint64_t{1} << (7 * width)) - 1;
  if (value != unknown) element.length = static_cast<std::int64_t>(value);
  element.content = position + 4 + width;
  return element;
}

}  // namespace

std::optional<std::int64_t> matroska_end(ByteSource& source) noexcept {
  const auto header = read_element(source, 0);
  if (!header || header->id != kHeaderId || !header->length) return {};
  if (*header->length > source.size()) return {};
  const auto segment = read_element(source, header->content + *header->length);
  if (!segment || segment->id != kSegmentId || !segment->length) return {};
  return segment->content + *segment->length;
}

}  // namespace arena::video
