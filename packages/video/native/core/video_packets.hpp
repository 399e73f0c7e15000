#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "packet_index.hpp"

namespace arena::video {

/// Packet payloads in one contiguous block, and the owner that keeps the block in place: private
/// memory, or the lease on a unit of shared memory. Dropping the last owner releases the block.
struct PayloadBlock {
  std::shared_ptr<const void> owner;
  std::span<const std::uint8_t> bytes;
};

/// An immutable run of compressed packets of one video stream, in decoding order.
///
/// This is a value type: copies and slices share the payload block and its owner. Several threads
/// may use them at once.
class VideoPackets {
 public:
  /// Copies `packets` (all of one stream, none empty) into a fresh private block.
  static VideoPackets from_av(const PacketIndex& stream, std::span<const AvPtr<AVPacket>> packets);

  /// Packs `packets` into `target`, with one copy of each payload. Returns the number of bytes.
  ///
  /// @throws MediaError argument when `target` is too small; nothing is written then.
  static std::uint64_t pack_av(const PacketIndex& stream, std::span<const AvPtr<AVPacket>> packets,
                               std::span<std::uint8_t> target);

  /// Makes packets of the bytes that pack_into wrote, without copying a payload. `owner` keeps
  /// `bytes` in place while this value, a slice of it or an AVPacket made from it lives.
  ///
  /// @throws MediaError corrupt or incompatible.
  static VideoPackets unpack(std::span<const std::uint8_t> bytes,
                             std::shared_ptr<const void> owner);

  /// Copies runs of one stream, in order, into a fresh private block.
  ///
  /// @throws MediaError argument without parts, or when the parts are of different streams.
  static VideoPackets concat(std::span<const VideoPackets> parts);

  const PacketIndex& index() const noexcept { return *index_; }
  std::shared_ptr<const PacketIndex> shared_index() const noexcept { return index_; }
  std::size_t size() const noexcept { return index_->packets.size(); }
  /// The compressed bytes of all packets, without padding.
  std::uint64_t byte_length() const noexcept;
  std::span<const std::uint8_t> payload(std::size_t packet) const noexcept;

  /// The same packets with another owner, which keeps the block in place from now on.
  VideoPackets with_owner(std::shared_ptr<const void> owner) const {
    return {index_, {std::move(owner), block_.bytes}};
  }

  /// Packets [begin, end), sharing the block.
  VideoPackets slice(std::size_t begin, std::size_t end) const;

  /// A packet for libav whose buffer is the block itself, read-only. Its reference keeps the owner
  /// alive. Any thread may drop the reference.
  AvPtr<AVPacket> av_packet(std::size_t packet) const;

  std::uint64_t packed_length() const noexcept;
  /// Writes payloads and description, and returns packed_length(). Each payload is copied once.
  ///
  /// @throws MediaError argument when `target` is too small.
  std::uint64_t pack_into(std::span<std::uint8_t> target) const;

 private:
  VideoPackets(std::shared_ptr<const PacketIndex> index, PayloadBlock block)
      : index_(std::move(index)), block_(std::move(block)) {}

  std::shared_ptr<const PacketIndex> index_;
  PayloadBlock block_;
};

}  // namespace arena::video
