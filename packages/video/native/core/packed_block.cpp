#include "packed_block.hpp"

#include <cstring>
#include <string>
#include <vector>

#include "media_error.hpp"

namespace arena::video {
namespace {

BlockHeader read_header(std::span<const std::uint8_t> bytes) {
  BlockHeader header;
  if (bytes.size() < sizeof header) {
    throw MediaError(
        MediaErrorKind::corrupt,
        "packed video packets: " + std::to_string(bytes.size()) + " bytes hold no header");
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kBlockMagic) {
    throw MediaError(MediaErrorKind::corrupt, "these bytes are no packed video packets");
  }
  if (header.layout_version != kLayoutVersion) {
    throw MediaError(MediaErrorKind::incompatible,
                     "packed video packets have layout " + std::to_string(header.layout_version) +
                         ", this build reads " + std::to_string(kLayoutVersion));
  }
  if (header.codec_abi != LIBAVCODEC_VERSION_MAJOR) {
    throw MediaError(MediaErrorKind::incompatible, "packed video packets come from libavcodec " +
                                                       std::to_string(header.codec_abi) +
                                                       ", this process has " +
                                                       std::to_string(LIBAVCODEC_VERSION_MAJOR));
  }
  return header;
}

void check_header(const BlockHeader& header, std::uint64_t available) {
  const std::uint64_t room = available - sizeof(BlockHeader);
  if (header.payload_length > room || header.payload_length % kAlignment != 0 ||
      header.metadata_offset != sizeof(BlockHeader) + header.payload_length ||
      header.metadata_length > room - header.payload_length ||
      header.byte_length != header.metadata_offset + header.metadata_length) {
    throw MediaError(MediaErrorKind::corrupt,
                     "packed video packets: the header's lengths do not fit into " +
                         std::to_string(available) + " bytes");
  }
}

void check_padding(const PacketIndex& index, std::span<const std::uint8_t> payloads) {
  static constexpr std::uint8_t zeros[kPadding] = {};
  for (const PacketRecord& packet : index.packets) {
    if (std::memcmp(payloads.data() + packet.offset + packet.size, zeros, kPadding) != 0) {
      throw MediaError(MediaErrorKind::corrupt,
                       "packed video packets: the padding of the packet at " +
                           std::to_string(packet.offset) + " is not zero");
    }
  }
}

}  // namespace

PackedPlan plan_of(const PacketIndex& index) noexcept {
  return {index.payload_length(), index.metadata_length()};
}

void require_room(std::span<const std::uint8_t> target, const PackedPlan& plan) {
  if (target.size() >= plan.byte_length()) return;
  throw MediaError(MediaErrorKind::argument,
                   "packed video packets need " + std::to_string(plan.byte_length()) +
                       " bytes, the target has " + std::to_string(target.size()) + ".");
}

void write_around_payloads(const PacketIndex& index, const PackedPlan& plan,
                           std::span<std::uint8_t> target) {
  const BlockHeader header{
      .magic = kBlockMagic,
      .layout_version = kLayoutVersion,
      .codec_abi = LIBAVCODEC_VERSION_MAJOR,
      .byte_length = plan.byte_length(),
      .payload_length = plan.payload_length,
      .metadata_offset = plan.metadata_offset(),
      .metadata_length = plan.metadata_length,
      .reserved = {},
  };
  std::memcpy(target.data(), &header, sizeof header);
  encode_metadata(index, target.subspan(plan.metadata_offset(), plan.metadata_length));
}

ReadBlock read_block(std::span<const std::uint8_t> bytes) {
  const BlockHeader header = read_header(bytes);
  check_header(header, bytes.size());
  // A private copy: another process may still write to the original.
  const auto shared = bytes.subspan(header.metadata_offset, header.metadata_length);
  const std::vector<std::uint8_t> metadata(shared.begin(), shared.end());
  ReadBlock read{decode_metadata(metadata, header.payload_length),
                 bytes.subspan(sizeof(BlockHeader), header.payload_length)};
  check_padding(read.index, read.payloads);
  return read;
}

}  // namespace arena::video
