#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "packed_layout.hpp"

namespace arena::video {

/// Everything about a run of packets but their payload bytes: the metadata of the layout, in
/// private memory. Always valid: made from a demuxed stream, or by decode_metadata.
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
  /// Bytes that all packets take; each one's end, padding included, lies within.
  std::uint64_t payload_length() const noexcept;
  std::uint64_t metadata_length() const noexcept;

  /// Starts an index of no packets on the same stream.
  PacketIndex empty_copy() const;
  /// Adds side data to the blob; the owner's count is the caller's to raise.
  void append_side_data(std::uint32_t type, std::span<const std::uint8_t> bytes);
  /// Adds `packet` of `other`, with its side data, to lie at `offset`.
  void append_packet(const PacketIndex& other, const PacketRecord& packet, std::uint64_t offset);
};

/// True when one decoder can go on from packets of `a` to packets of `b`.
bool same_stream(const PacketIndex& a, const PacketIndex& b) noexcept;

/// Reads codec parameters and side data of a libav stream; values that no layout takes (a ratio
/// that is not positive, say) become "unknown".
PacketIndex index_of_stream(const AVStream& stream);

/// @throws MediaError corrupt with the first field that no decoder takes.
void check_stream(const StreamRecord& stream);

/// Codec parameters for a decoder.
AvPtr<AVCodecParameters> codec_parameters(const PacketIndex& index);

/// Clockwise degrees by which frames are to be turned for display, from the display matrix; 0
/// without one.
double rotation_degrees(const PacketIndex& index) noexcept;

/// Writes `metadata_length()` bytes.
void encode_metadata(const PacketIndex& index, std::span<std::uint8_t> target) noexcept;

/// Reads metadata that anybody may have written; `source` must be private memory, so that nobody
/// changes it between check and use.
///
/// @param payload_length Bytes of the region that the packets must lie in.
/// @throws MediaError corrupt with the first field that cannot be.
PacketIndex decode_metadata(std::span<const std::uint8_t> source, std::uint64_t payload_length);

}  // namespace arena::video
