#include <cmath>
#include <cstring>
#include <limits>

#include "packet_index.hpp"

namespace arena::video {
namespace {

/// libavcodec's decoders use it as the index of tables with 16 entries, and abort on larger values.
constexpr std::int32_t kMaxVideoDelay = 16;
constexpr std::uint64_t kMaxExtradata = 1 << 28;
constexpr std::uint64_t kMaxPacketBytes =
    std::numeric_limits<std::int32_t>::max() - AV_INPUT_BUFFER_PADDING_SIZE;

[[noreturn]] void corrupt(const char* field, std::uint64_t value) {
  throw MediaError(MediaErrorKind::corrupt, std::string("video packets: ") + field + " is " +
                                                std::to_string(value) + ", which cannot be");
}

void require(bool holds, const char* field, std::uint64_t value) {
  if (!holds) corrupt(field, value);
}

void require_range(std::int32_t value, std::int32_t low, std::int32_t high, const char* field) {
  if (value < low || value > high) {
    throw MediaError(MediaErrorKind::corrupt,
                     std::string("video packets: ") + field + " is " + std::to_string(value) +
                         ", outside " + std::to_string(low) + " to " + std::to_string(high));
  }
}

void check_codec(std::int32_t codec_id) {
  const AVCodecDescriptor* codec = avcodec_descriptor_get(static_cast<AVCodecID>(codec_id));
  require(codec != nullptr && codec->type == AVMEDIA_TYPE_VIDEO, "codec id",
          static_cast<std::uint32_t>(codec_id));
}

void check_ratio(Ratio value, const char* field) {
  require_range(value.num, 0, std::numeric_limits<std::int32_t>::max(), field);
  require_range(value.den, 1, std::numeric_limits<std::int32_t>::max(), field);
}

void check_dimensions(const StreamRecord& stream) {
  if (stream.width == 0 && stream.height == 0) return;
  require_range(stream.width, 1, std::numeric_limits<std::int32_t>::max(), "width");
  require(av_image_check_size(stream.width, stream.height, 0, nullptr) >= 0, "height",
          static_cast<std::uint32_t>(stream.height));
}

void check_colors(const StreamRecord& stream) {
  require_range(stream.field_order, 0, AV_FIELD_BT, "field order");
  require_range(stream.color_range, 0, AVCOL_RANGE_NB - 1, "color range");
  require_range(stream.color_primaries, 0, 255, "color primaries");
  require_range(stream.color_transfer, 0, 255, "color transfer");
  require_range(stream.color_space, 0, 255, "color space");
  require_range(stream.chroma_location, 0, AVCHROMA_LOC_NB - 1, "chroma location");
}

/// A cursor over private bytes. It never reads beyond them.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  template <class Record>
  void take(Record* target, std::uint64_t count, const char* field) {
    // Divide instead of multiplying: the count comes from another process, so the product may
    // overflow.
    require(count <= rest_.size() / sizeof(Record), field, count);
    const std::size_t length = count * sizeof(Record);
    if (length > 0) std::memcpy(target, rest_.data(), length);
    rest_ = rest_.subspan(length);
  }

  template <class Record>
  std::vector<Record> take_all(std::uint64_t count, const char* field) {
    require(count <= rest_.size() / sizeof(Record), field, count);
    std::vector<Record> records(count);
    take(records.data(), count, field);
    return records;
  }

  void expect_end() const { require(rest_.empty(), "metadata left over", rest_.size()); }

 private:
  std::span<const std::uint8_t> rest_;
};

void check_side_data(const PacketIndex& index) {
  for (const SideDataRecord& record : index.side_data) {
    require(record.type < AV_PKT_DATA_NB, "side data type", record.type);
    require(record.offset <= index.blob.size(), "side data offset", record.offset);
    require(record.size <= index.blob.size() - record.offset, "side data size", record.size);
  }
}

/// Moves `free_offset` to the first place for the next packet, and `next_side_data` to that
/// packet's side data.
void check_packet(const PacketRecord& packet, const PacketIndex& index,
                  std::uint64_t payload_length, std::uint64_t& free_offset,
                  std::uint64_t& next_side_data) {
  require(packet.offset % kAlignment == 0, "packet offset", packet.offset);
  require(packet.offset >= free_offset, "packet offset", packet.offset);
  require(packet.offset <= payload_length, "packet offset", packet.offset);
  require(packet.size > 0 && packet.size <= kMaxPacketBytes, "packet size", packet.size);
  require(padded(packet.size) <= payload_length - packet.offset, "packet size", packet.size);
  require((packet.flags & ~kKnownFlags) == 0, "packet flags", packet.flags);
  require(packet.side_data_first == next_side_data, "side data index", packet.side_data_first);
  require(packet.side_data_count <= AV_PKT_DATA_NB, "side data count", packet.side_data_count);
  require(packet.side_data_count <= index.side_data.size() - next_side_data, "side data count",
          packet.side_data_count);
  free_offset = packet.offset + padded(packet.size);
  next_side_data += packet.side_data_count;
}

}  // namespace

void check_stream(const StreamRecord& stream) {
  check_codec(stream.codec_id);
  require_range(stream.pixel_format, AV_PIX_FMT_NONE, AV_PIX_FMT_NB - 1, "pixel format");
  check_dimensions(stream);
  check_colors(stream);
  require_range(stream.video_delay, 0, kMaxVideoDelay, "video delay");
  require_range(stream.bits_per_coded_sample, 0, 128, "bits per coded sample");
  require_range(stream.bits_per_raw_sample, 0, 128, "bits per raw sample");
  check_ratio(stream.sample_aspect_ratio, "sample aspect ratio");
  check_ratio(stream.time_base, "time base");
  check_ratio(stream.frame_rate, "frame rate");
  require(stream.bit_rate >= 0, "bit rate", static_cast<std::uint64_t>(stream.bit_rate));
  require(!std::isnan(stream.window_start) && !std::isnan(stream.window_end), "window", 0);
}

PacketIndex decode_metadata(std::span<const std::uint8_t> source, std::uint64_t payload_length) {
  Input input(source);
  MetadataHeader header;
  input.take(&header, 1, "metadata length");
  check_stream(header.stream);
  PacketIndex index;
  index.stream = header.stream;
  index.packets = input.take_all<PacketRecord>(header.packet_count, "packet count");
  index.side_data = input.take_all<SideDataRecord>(header.side_data_count, "side data count");
  index.blob = input.take_all<std::uint8_t>(header.blob_length, "blob length");
  input.expect_end();
  require(header.extradata_length <= index.blob.size() && header.extradata_length <= kMaxExtradata,
          "extradata length", header.extradata_length);
  index.extradata_length = header.extradata_length;
  require(header.stream_side_data_count <= index.side_data.size(), "stream side data count",
          header.stream_side_data_count);
  index.stream_side_data_count = header.stream_side_data_count;
  check_side_data(index);
  std::uint64_t free_offset = 0;
  std::uint64_t next_side_data = header.stream_side_data_count;
  for (const PacketRecord& packet : index.packets) {
    check_packet(packet, index, payload_length, free_offset, next_side_data);
  }
  require(next_side_data == index.side_data.size(), "side data count", index.side_data.size());
  return index;
}

}  // namespace arena::video
