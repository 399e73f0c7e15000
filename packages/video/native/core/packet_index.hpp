#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "packed_layout.hpp"

namespace arena::video {

/// The description of a run of packets: all but their payload bytes, in private memory. It is
/// always valid, because it is made from a demuxed stream or by decode_metadata.
struct PacketIndex {
  StreamRecord stream{};
  std::vector<PacketRecord> packets;
  std::vector<SideDataRecord> side_data;
  std::uint32_t stream_side_data_count = 0;
  std::uint32_t extradata_length = 0;
  std::vector<std::uint8_t> blob;

  std::span<const std::uint8_t> extradata() const noexcept {
    return std::span(blob).first(extradata_length);
  }
  std::span<const SideDataRecord> stream_side_data() const noexcept {
    return std::span(side_data).first(stream_side_data_count);
  }
  std::span<const SideDataRecord> side_data_of(const PacketRecord& packet) const noexcept {
    return std::span(side_data).subspan(packet.side_data_first, packet.side_data_count);
  }
  std::span<const std::uint8_t> bytes_of(const SideDataRecord& record) const noexcept {
    return std::span(blob).subspan(record.offset, record.size);
  }
  /// Bytes of all packets. The end of each packet, with its padding, lies within.
  std::uint64_t payload_length() const noexcept;
  std::uint64_t metadata_length() const noexcept;

  /// Starts an empty index of the same stream.
  PacketIndex empty_copy() const;
  /// Adds side data to the blob. The caller raises the count of the owner.
  void append_side_data(std::uint32_t type, std::span<const std::uint8_t> bytes);
  /// Adds `packet` of `other`, with its side data, to lie at `offset`.
  void append_packet(const PacketIndex& other, const PacketRecord& packet, std::uint64_t offset);
};

/// True when one decoder can decode packets of `a` and then packets of `b`.
bool same_stream(const PacketIndex& a, const PacketIndex& b) noexcept;

/// Reads codec parameters and side data of a libav stream. Values that the layout does not allow
/// (for instance a ratio that is not positive) become "unknown".
PacketIndex index_of_stream(const AVStream& stream);

/// @throws MediaError corrupt, with the first field that no decoder accepts.
void check_stream(const StreamRecord& stream);

/// Codec parameters for a decoder.
AvPtr<AVCodecParameters> codec_parameters(const PacketIndex& index);

/// Clockwise degrees by which to turn frames for display, from the display matrix; 0 without a
/// matrix.
double rotation_degrees(const PacketIndex& index) noexcept;

/// Writes `metadata_length()` bytes.
void encode_metadata(const PacketIndex& index, std::span<std::uint8_t> target) noexcept;

/// Reads untrusted metadata. `source` must be private memory, so that it cannot change between
/// check and use.
///
/// @param payload_length Bytes of the region that the packets must lie in.
/// @throws MediaError corrupt, with the first impossible field.
PacketIndex decode_metadata(std::span<const std::uint8_t> source, std::uint64_t payload_length);

}  // namespace arena::video
