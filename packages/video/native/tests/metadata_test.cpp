#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <random>

#include "sample.hpp"

namespace arena::video {
namespace {

std::uint64_t metadata_offset(const std::vector<std::uint8_t>& bytes) {
  BlockHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header.metadata_offset;
}

template <class Value>
void put(std::vector<std::uint8_t>& bytes, std::uint64_t offset, Value value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

std::optional<MediaErrorKind> unpack_failure(const std::vector<std::uint8_t>& bytes) {
  return failure_of([&] { VideoPackets::unpack(bytes, nullptr); });
}

/// Uses the memory of restored packets as a decoder does.
void touch_everything(const VideoPackets& packets) {
  const auto parameters = codec_parameters(packets.index());
  CHECK(std::isfinite(rotation_degrees(packets.index())));
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const auto packet = packets.av_packet(i);
    unsigned sum = 0;
    for (int byte = 0; byte < packet->size + AV_INPUT_BUFFER_PADDING_SIZE; ++byte) {
      sum += packet->data[byte];
    }
    CHECK(sum > 0);
  }
}

#define STREAM(field) (offsetof(MetadataHeader, stream) + offsetof(StreamRecord, field))
#define PACKET(field) (sizeof(MetadataHeader) + offsetof(PacketRecord, field))

TEST_CASE("a field of the metadata that cannot be is refused") {
  const auto good = packed(sample_packets());
  const std::uint64_t base = metadata_offset(good);
  const auto refused = [&](std::uint64_t offset, auto value) {
    auto bytes = good;
    put(bytes, base + offset, value);
    return unpack_failure(bytes) == MediaErrorKind::corrupt;
  };
  constexpr auto kHuge = std::numeric_limits<std::uint64_t>::max();
  CHECK(refused(offsetof(MetadataHeader, packet_count), kHuge));
  CHECK(refused(offsetof(MetadataHeader, packet_count), kHuge / sizeof(PacketRecord) + 2));
  CHECK(refused(offsetof(MetadataHeader, packet_count), std::uint64_t{59}));
  CHECK(refused(offsetof(MetadataHeader, side_data_count), kHuge));
  CHECK(refused(offsetof(MetadataHeader, blob_length), kHuge));
  CHECK(refused(offsetof(MetadataHeader, extradata_length), 0xffff'ffffu));
  CHECK(refused(offsetof(MetadataHeader, stream_side_data_count), 0xffff'ffffu));
  CHECK(refused(STREAM(codec_id), std::int32_t{AV_CODEC_ID_AAC}));
  CHECK(refused(STREAM(codec_id), std::int32_t{-1}));
  CHECK(refused(STREAM(pixel_format), std::int32_t{AV_PIX_FMT_NB}));
  CHECK(refused(STREAM(width), std::int32_t{-1}));
  CHECK(refused(STREAM(height), std::numeric_limits<std::int32_t>::max()));
  CHECK(refused(STREAM(video_delay), std::int32_t{17}));
  CHECK(refused(STREAM(color_range), std::int32_t{99}));
  CHECK(refused(STREAM(bits_per_coded_sample), std::int32_t{-1}));
  CHECK(refused(STREAM(time_base) + offsetof(Ratio, den), std::int32_t{0}));
  CHECK(refused(STREAM(frame_rate) + offsetof(Ratio, num), std::int32_t{-1}));
  CHECK(refused(STREAM(bit_rate), std::int64_t{-1}));
  CHECK(refused(STREAM(window_start), std::numeric_limits<double>::quiet_NaN()));
  CHECK(refused(PACKET(offset), std::uint64_t{1}));
  CHECK(refused(PACKET(offset), kHuge - 63));
  CHECK(refused(PACKET(size), 0u));
  CHECK(refused(PACKET(size), 0x7fff'ffffu));
  CHECK(refused(PACKET(size), 0xffff'ffffu));
  CHECK(refused(PACKET(flags), 0x8000'0000u));
  CHECK(refused(PACKET(side_data_first), 7u));
  CHECK(refused(PACKET(side_data_count), 1u));
}

TEST_CASE("packets that overlap are refused") {
  auto bytes = packed(sample_packets());
  put(bytes, metadata_offset(bytes) + PACKET(offset) + sizeof(PacketRecord), std::uint64_t{0});
  CHECK(unpack_failure(bytes) == MediaErrorKind::corrupt);
}

TEST_CASE("padding that is not zero is refused") {
  auto bytes = packed(sample_packets());
  const auto size = sample_packets().payload(0).size();
  bytes[sizeof(BlockHeader) + size + kPadding - 1] = 1;
  CHECK(unpack_failure(bytes) == MediaErrorKind::corrupt);
}

TEST_CASE("a header that cannot be is refused") {
  const auto good = packed(sample_packets());
  const auto failure = [&](std::uint64_t offset, auto value) {
    auto bytes = good;
    put(bytes, offset, value);
    return unpack_failure(bytes);
  };
  constexpr auto kHuge = std::numeric_limits<std::uint64_t>::max();
  CHECK(failure(offsetof(BlockHeader, magic), kHuge) == MediaErrorKind::corrupt);
  CHECK(failure(offsetof(BlockHeader, layout_version), 2u) == MediaErrorKind::incompatible);
  CHECK(failure(offsetof(BlockHeader, codec_abi), 1u) == MediaErrorKind::incompatible);
  CHECK(failure(offsetof(BlockHeader, payload_length), kHuge - 63) == MediaErrorKind::corrupt);
  CHECK(failure(offsetof(BlockHeader, metadata_offset), kHuge) == MediaErrorKind::corrupt);
  CHECK(failure(offsetof(BlockHeader, metadata_length), kHuge) == MediaErrorKind::corrupt);
  CHECK(failure(offsetof(BlockHeader, byte_length), kHuge) == MediaErrorKind::corrupt);
}

TEST_CASE("packed packets that are cut short anywhere are refused") {
  const auto good = packed(sample_packets().slice(0, 3));
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK(unpack_failure({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)}) ==
          MediaErrorKind::corrupt);
  }
}

TEST_CASE("whatever bytes are damaged, what is accepted stays within its memory") {
  const auto good = packed(sample_packets().slice(0, 4));
  const std::uint64_t base = metadata_offset(good);
  std::mt19937 random(1);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = good;
    const int damages = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < damages; ++i) {
      const std::uint64_t header_or_metadata = random() % 8 == 0
                                                   ? random() % sizeof(BlockHeader)
                                                   : base + random() % (bytes.size() - base);
      bytes[header_or_metadata] = static_cast<std::uint8_t>(random());
    }
    try {
      touch_everything(VideoPackets::unpack(bytes, nullptr));
      ++accepted;
    } catch (const MediaError& error) {
      CHECK(error.kind() != MediaErrorKind::argument);
    }
  }
  CHECK(accepted > 0);
}

}  // namespace
}  // namespace arena::video
