#pragma once

#include <cstdint>
#include <type_traits>

#include "av_ptr.hpp"

/// The bytes of packed video packets: one block without a pointer in it.
///
///   0             64                          metadata_offset
///   +-------------+---------------------------+--------------------------------+
///   | BlockHeader | payloads                  | metadata                       |
///   +-------------+---------------------------+--------------------------------+
///                 |                           | MetadataHeader                 |
///                 |                           | PacketRecord   x packet_count  |
///                 |                           | SideDataRecord x side_data_count
///                 |                           | blob: extradata, side data     |
///                 each packet on a 64-byte boundary, kPadding zero bytes or more after it
///
/// An AVPacket points at its bytes in the block. Boundaries count from the block's start, which
/// itself lies on a 64-byte boundary in an arena. libav needs the padding, and no alignment.
namespace arena::video {

inline constexpr std::uint64_t kAlignment = 64;
/// libav's bit readers read beyond a packet's end. The bytes there must be zero.
inline constexpr std::uint64_t kPadding = AV_INPUT_BUFFER_PADDING_SIZE;
static_assert(kPadding % kAlignment == 0);

/// The flags of PacketRecord::flags.
inline constexpr std::uint32_t kKnownFlags = AV_PKT_FLAG_KEY | AV_PKT_FLAG_CORRUPT |
                                             AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_TRUSTED |
                                             AV_PKT_FLAG_DISPOSABLE;

inline constexpr std::uint64_t kBlockMagic = 0x314b'5041'5249'5641;
inline constexpr std::uint32_t kLayoutVersion = 1;

struct BlockHeader {
  std::uint64_t magic;
  std::uint32_t layout_version;
  /// Codec ids and side data have the same meaning only within one major version of libavcodec.
  std::uint32_t codec_abi;
  std::uint64_t byte_length;
  std::uint64_t payload_length;
  std::uint64_t metadata_offset;
  std::uint64_t metadata_length;
  std::uint64_t reserved[2];
};
static_assert(sizeof(BlockHeader) == kAlignment);

struct Ratio {
  std::int32_t num;
  std::int32_t den;
};

/// The stream's description for decoders and users.
struct StreamRecord {
  std::int32_t codec_id;
  std::uint32_t codec_tag;
  std::int32_t profile;
  std::int32_t level;
  std::int32_t pixel_format;
  std::int32_t width;
  std::int32_t height;
  std::int32_t field_order;
  std::int32_t color_range;
  std::int32_t color_primaries;
  std::int32_t color_transfer;
  std::int32_t color_space;
  std::int32_t chroma_location;
  /// Number of frames that a decoder holds back for reordering. It is the size of tables inside
  /// libavcodec.
  std::int32_t video_delay;
  std::int32_t bits_per_coded_sample;
  std::int32_t bits_per_raw_sample;
  std::int64_t bit_rate;
  Ratio sample_aspect_ratio;
  Ratio time_base;
  Ratio frame_rate;
  std::int32_t stream_index;
  std::uint32_t reserved;
  /// Seconds; frames outside [window_start, window_end) are not decoded. Infinite when unlimited.
  double window_start;
  double window_end;
};
static_assert(sizeof(StreamRecord) == 120);

struct MetadataHeader {
  std::uint64_t packet_count;
  std::uint64_t side_data_count;
  std::uint64_t blob_length;
  std::uint32_t extradata_length;
  /// The first side data records belong to the stream, not to a packet.
  std::uint32_t stream_side_data_count;
  StreamRecord stream;
};
static_assert(sizeof(MetadataHeader) == 152);

struct PacketRecord {
  /// From the start of the payloads, a multiple of kAlignment.
  std::uint64_t offset;
  std::uint32_t size;
  std::uint32_t flags;
  /// In units of the time base; AV_NOPTS_VALUE when the container has none.
  std::int64_t pts;
  std::int64_t dts;
  std::int64_t duration;
  std::uint32_t side_data_first;
  std::uint32_t side_data_count;
};
static_assert(sizeof(PacketRecord) == 48);

struct SideDataRecord {
  std::uint32_t type;
  std::uint32_t size;
  /// From the start of the blob.
  std::uint64_t offset;
};
static_assert(sizeof(SideDataRecord) == 16);

static_assert(std::is_trivially_copyable_v<MetadataHeader>);

/// Bytes that a packet of `size` bytes takes, padding and alignment included.
constexpr std::uint64_t padded(std::uint64_t size) noexcept {
  return (size + kPadding + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace arena::video
