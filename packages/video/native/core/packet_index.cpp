#include "packet_index.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "av_error.hpp"

namespace arena::video {
namespace {

Ratio ratio_or_unknown(AVRational value) noexcept {
  return value.num > 0 && value.den > 0 ? Ratio{value.num, value.den} : Ratio{0, 1};
}

AVRational to_av(Ratio value) noexcept { return {value.num, value.den}; }

/// libav stores the file's value, also when the enumeration lacks it. Loading such a value as the
/// enumeration is undefined behaviour, so this reads it as an integer.
template <typename Enum>
std::int32_t raw(const Enum& field) noexcept {
  static_assert(sizeof(Enum) == sizeof(std::int32_t));
  std::int32_t value;
  std::memcpy(&value, &field, sizeof value);
  return value;
}

/// Values outside of the enumeration become 0, which means "unknown".
std::int32_t within_or_unknown(std::int32_t value, std::int32_t end) noexcept {
  return value >= 0 && value < end ? value : 0;
}

/// Colour properties are small enumerations of H.273. Other values become "unspecified".
std::int32_t color_or_unspecified(std::int32_t value) noexcept {
  return value >= 0 && value < 256 ? value : 2;
}

std::int32_t bits_or_unknown(int value) noexcept { return value >= 0 && value <= 128 ? value : 0; }

/// A decoder needs neither the stream's index nor libav's estimates.
StreamRecord without_hints(StreamRecord stream) noexcept {
  stream.bit_rate = 0;
  stream.frame_rate = {0, 1};
  stream.stream_index = 0;
  return stream;
}

StreamRecord record_of(const AVStream& stream) {
  const AVCodecParameters& from = *stream.codecpar;
  StreamRecord to{};
  to.codec_id = from.codec_id;
  to.codec_tag = from.codec_tag;
  to.profile = from.profile;
  to.level = from.level;
  to.pixel_format = from.format;
  if (av_image_check_size(from.width, from.height, 0, nullptr) >= 0) {
    to.width = from.width;
    to.height = from.height;
  }
  to.field_order = within_or_unknown(raw(from.field_order), AV_FIELD_BT + 1);
  to.color_range = within_or_unknown(raw(from.color_range), AVCOL_RANGE_NB);
  to.color_primaries = color_or_unspecified(raw(from.color_primaries));
  to.color_transfer = color_or_unspecified(raw(from.color_trc));
  to.color_space = color_or_unspecified(raw(from.color_space));
  to.chroma_location = within_or_unknown(raw(from.chroma_location), AVCHROMA_LOC_NB);
  to.video_delay = from.video_delay;
  to.bits_per_coded_sample = bits_or_unknown(from.bits_per_coded_sample);
  to.bits_per_raw_sample = bits_or_unknown(from.bits_per_raw_sample);
  to.bit_rate = std::max<std::int64_t>(0, from.bit_rate);
  to.sample_aspect_ratio = ratio_or_unknown(from.sample_aspect_ratio);
  to.time_base = ratio_or_unknown(stream.time_base);
  to.frame_rate = ratio_or_unknown(stream.avg_frame_rate);
  if (to.frame_rate.num == 0) to.frame_rate = ratio_or_unknown(stream.r_frame_rate);
  to.stream_index = stream.index;
  to.window_start = -std::numeric_limits<double>::infinity();
  to.window_end = std::numeric_limits<double>::infinity();
  return to;
}

}  // namespace

std::uint64_t PacketIndex::payload_length() const noexcept {
  return packets.empty() ? 0 : packets.back().offset + padded(packets.back().size);
}

std::uint64_t PacketIndex::metadata_length() const noexcept {
  return sizeof(MetadataHeader) + packets.size() * sizeof(PacketRecord) +
         side_data.size() * sizeof(SideDataRecord) + blob.size();
}

PacketIndex PacketIndex::empty_copy() const {
  PacketIndex copy;
  copy.stream = stream;
  copy.extradata_length = extradata_length;
  const auto extra = extradata();
  copy.blob.assign(extra.begin(), extra.end());
  for (const SideDataRecord& record : stream_side_data()) {
    copy.append_side_data(record.type, bytes_of(record));
  }
  copy.stream_side_data_count = stream_side_data_count;
  return copy;
}

void PacketIndex::append_side_data(std::uint32_t type, std::span<const std::uint8_t> bytes) {
  side_data.push_back({type, static_cast<std::uint32_t>(bytes.size()), blob.size()});
  blob.insert(blob.end(), bytes.begin(), bytes.end());
}

void PacketIndex::append_packet(const PacketIndex& other, const PacketRecord& packet,
                                std::uint64_t offset) {
  PacketRecord record = packet;
  record.offset = offset;
  record.side_data_first = static_cast<std::uint32_t>(side_data.size());
  for (const SideDataRecord& data : other.side_data_of(packet)) {
    append_side_data(data.type, other.bytes_of(data));
  }
  packets.push_back(record);
}

bool same_stream(const PacketIndex& a, const PacketIndex& b) noexcept {
  const StreamRecord left = without_hints(a.stream);
  const StreamRecord right = without_hints(b.stream);
  return std::memcmp(&left, &right, sizeof left) == 0 &&
         std::ranges::equal(a.extradata(), b.extradata());
}

PacketIndex index_of_stream(const AVStream& stream) {
  PacketIndex index;
  index.stream = record_of(stream);
  const AVCodecParameters& from = *stream.codecpar;
  if (from.extradata != nullptr && from.extradata_size > 0) {
    index.extradata_length = static_cast<std::uint32_t>(from.extradata_size);
    index.blob.assign(from.extradata, from.extradata + from.extradata_size);
  }
  for (const AVPacketSideData& data : side_data_of(stream)) {
    // An int in FFmpeg 4.4.
    const auto size = static_cast<std::size_t>(data.size);
    if (size > std::numeric_limits<std::uint32_t>::max()) continue;
    index.append_side_data(data.type, {data.data, size});
    ++index.stream_side_data_count;
  }
  return index;
}

AvPtr<AVCodecParameters> codec_parameters(const PacketIndex& index) {
  auto to = own(avcodec_parameters_alloc());
  const StreamRecord& from = index.stream;
  to->codec_type = AVMEDIA_TYPE_VIDEO;
  to->codec_id = static_cast<AVCodecID>(from.codec_id);
  to->codec_tag = from.codec_tag;
  to->profile = from.profile;
  to->level = from.level;
  to->format = from.pixel_format;
  to->width = from.width;
  to->height = from.height;
  to->field_order = static_cast<AVFieldOrder>(from.field_order);
  to->color_range = static_cast<AVColorRange>(from.color_range);
  to->color_primaries = static_cast<AVColorPrimaries>(from.color_primaries);
  to->color_trc = static_cast<AVColorTransferCharacteristic>(from.color_transfer);
  to->color_space = static_cast<AVColorSpace>(from.color_space);
  to->chroma_location = static_cast<AVChromaLocation>(from.chroma_location);
  to->video_delay = from.video_delay;
  to->bits_per_coded_sample = from.bits_per_coded_sample;
  to->bits_per_raw_sample = from.bits_per_raw_sample;
  to->bit_rate = from.bit_rate;
  to->sample_aspect_ratio = to_av(from.sample_aspect_ratio);
  const auto extradata = index.extradata();
  if (!extradata.empty()) {
    to->extradata = static_cast<std::uint8_t*>(av_mallocz(extradata.size() + kPadding));
    if (to->extradata == nullptr) throw_av_error(AVERROR(ENOMEM), "extradata");
    std::memcpy(to->extradata, extradata.data(), extradata.size());
    to->extradata_size = static_cast<int>(extradata.size());
  }
  return to;
}

double rotation_degrees(const PacketIndex& index) noexcept {
  for (const SideDataRecord& record : index.stream_side_data()) {
    std::int32_t matrix[9];
    if (record.type != AV_PKT_DATA_DISPLAYMATRIX || record.size != sizeof matrix) continue;
    std::memcpy(matrix, index.bytes_of(record).data(), sizeof matrix);
    const double counterclockwise = av_display_rotation_get(matrix);
    if (!std::isfinite(counterclockwise)) return 0;
    return std::fmod(std::fmod(-counterclockwise, 360.0) + 360.0, 360.0);
  }
  return 0;
}

void encode_metadata(const PacketIndex& index, std::span<std::uint8_t> target) noexcept {
  const MetadataHeader header{
      .packet_count = index.packets.size(),
      .side_data_count = index.side_data.size(),
      .blob_length = index.blob.size(),
      .extradata_length = index.extradata_length,
      .stream_side_data_count = index.stream_side_data_count,
      .stream = index.stream,
  };
  std::uint8_t* to = target.data();
  const auto put = [&to](const void* from, std::size_t length) {
    if (length > 0) std::memcpy(to, from, length);
    to += length;
  };
  put(&header, sizeof header);
  put(index.packets.data(), index.packets.size() * sizeof(PacketRecord));
  put(index.side_data.data(), index.side_data.size() * sizeof(SideDataRecord));
  put(index.blob.data(), index.blob.size());
}

}  // namespace arena::video
