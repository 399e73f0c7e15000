/// Packed video packets as bytes: everything but the copying of payloads.
#pragma once

#include <cstdint>
#include <span>

#include "packet_index.hpp"

namespace arena::video {

/// Where the parts of a packed block lie.
struct PackedPlan {
  std::uint64_t payload_length;
  std::uint64_t metadata_length;
  std::uint64_t metadata_offset() const noexcept { return sizeof(BlockHeader) + payload_length; }
  std::uint64_t byte_length() const noexcept { return metadata_offset() + metadata_length; }
};

PackedPlan plan_of(const PacketIndex& index) noexcept;

/// @throws MediaError argument when `target` has not room for the whole block.
void require_room(std::span<const std::uint8_t> target, const PackedPlan& plan);

/// Writes everything but the payloads.
void write_around_payloads(const PacketIndex& index, const PackedPlan& plan,
                           std::span<std::uint8_t> target);

struct ReadBlock {
  PacketIndex index;
  /// Where `index` says that packets lie; still the caller's memory.
  std::span<const std::uint8_t> payloads;
};

/// Reads bytes that anybody may have written, and may still be writing to.
///
/// @throws MediaError corrupt or incompatible.
ReadBlock read_block(std::span<const std::uint8_t> bytes);

}  // namespace arena::video
