/// The bytes of packed video packets, without the copying of payloads.
#pragma once

#include <cstdint>
#include <span>

#include "packet_index.hpp"

namespace arena::video {

/// The places of the parts of a packed block.
struct PackedPlan {
  std::uint64_t payload_length;
  std::uint64_t metadata_length;
  std::uint64_t metadata_offset() const noexcept { return sizeof(BlockHeader) + payload_length; }
  std::uint64_t byte_length() const noexcept { return metadata_offset() + metadata_length; }
};

PackedPlan plan_of(const PacketIndex& index) noexcept;

/// @throws MediaError argument when the whole block does not fit into `target`.
void require_room(std::span<const std::uint8_t> target, const PackedPlan& plan);

/// Writes everything but the payloads.
void write_around_payloads(const PacketIndex& index, const PackedPlan& plan,
                           std::span<std::uint8_t> target);

struct ReadBlock {
  PacketIndex index;
  /// The memory in which the packets of `index` lie. It is still the caller's.
  std::span<const std::uint8_t> payloads;
};

/// Reads untrusted bytes, which another process may still change.
///
/// @throws MediaError corrupt or incompatible.
ReadBlock read_block(std::span<const std::uint8_t> bytes);

}  // namespace arena::video
