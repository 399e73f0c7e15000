#include "video_packets.hpp"

#include <cstring>

#include "av_error.hpp"
#include "copy.hpp"
#include "packed_block.hpp"
#include "private_block.hpp"

namespace arena::video {
namespace {

PacketIndex index_packets(const PacketIndex& stream, std::span<const AvPtr<AVPacket>> packets) {
  PacketIndex index = stream.empty_copy();
  index.packets.reserve(packets.size());
  std::uint64_t offset = 0;
  for (const auto& packet : packets) {
    PacketRecord record{};
    record.offset = offset;
    record.size = static_cast<std::uint32_t>(packet->size);
    record.flags = static_cast<std::uint32_t>(packet->flags) & kKnownFlags;
    record.pts = packet->pts;
    record.dts = packet->dts;
    record.duration = packet->duration;
    record.side_data_first = static_cast<std::uint32_t>(index.side_data.size());
    for (int i = 0; i < packet->side_data_elems; ++i) {
      const AVPacketSideData& data = packet->side_data[i];
      index.append_side_data(data.type, {data.data, static_cast<std::size_t>(data.size)});
    }
    record.side_data_count = static_cast<std::uint32_t>(packet->side_data_elems);
    index.packets.push_back(record);
    offset += padded(record.size);
  }
  return index;
}

/// Copies one payload, and zeroes the bytes from its end to the next packet.
void copy_payload(std::uint8_t* payloads, const PacketRecord& packet, const std::uint8_t* from) {
  std::uint8_t* to = payloads + packet.offset;
  std::memcpy(to, from, packet.size);
  std::memset(to + packet.size, 0, padded(packet.size) - packet.size);
}

void copy_payloads(const PacketIndex& index, std::span<const AvPtr<AVPacket>> packets,
                   std::uint8_t* payloads) {
  for (std::size_t i = 0; i < packets.size(); ++i) {
    copy_payload(payloads, index.packets[i], packets[i]->data);
  }
}

}  // namespace

VideoPackets VideoPackets::from_av(const PacketIndex& stream,
                                   std::span<const AvPtr<AVPacket>> packets) {
  auto index = std::make_shared<PacketIndex>(index_packets(stream, packets));
  auto block = std::make_shared<PrivateBlock>(index->payload_length());
  copy_payloads(*index, packets, block->bytes());
  const std::span<const std::uint8_t> bytes(block->bytes(), index->payload_length());
  return {std::move(index), {std::move(block), bytes}};
}

std::uint64_t VideoPackets::pack_av(const PacketIndex& stream,
                                    std::span<const AvPtr<AVPacket>> packets,
                                    std::span<std::uint8_t> target) {
  const PacketIndex index = index_packets(stream, packets);
  const PackedPlan plan = plan_of(index);
  require_room(target, plan);
  copy_payloads(index, packets, target.data() + sizeof(BlockHeader));
  write_around_payloads(index, plan, target);
  return plan.byte_length();
}

VideoPackets VideoPackets::unpack(std::span<const std::uint8_t> bytes,
                                  std::shared_ptr<const void> owner) {
  ReadBlock block = read_block(bytes);
  return {std::make_shared<PacketIndex>(std::move(block.index)),
          {std::move(owner), block.payloads}};
}

VideoPackets VideoPackets::concat(std::span<const VideoPackets> parts) {
  if (parts.empty()) {
    throw MediaError(MediaErrorKind::argument, "there are no video packets to concatenate");
  }
  auto index = std::make_shared<PacketIndex>(parts.front().index().empty_copy());
  std::uint64_t offset = 0;
  for (const VideoPackets& part : parts) {
    if (!same_stream(*index, part.index())) {
      throw MediaError(MediaErrorKind::argument,
                       "video packets of different streams cannot be concatenated: codec, size, "
                       "time base, extradata and time window must be equal");
    }
    for (const PacketRecord& packet : part.index().packets) {
      index->append_packet(part.index(), packet, offset);
      offset += padded(packet.size);
    }
  }
  auto block = std::make_shared<PrivateBlock>(offset);
  std::size_t next = 0;
  for (const VideoPackets& part : parts) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      copy_payload(block->bytes(), index->packets[next++], part.payload(i).data());
    }
  }
  const std::span<const std::uint8_t> bytes(block->bytes(), offset);
  return {std::move(index), {std::move(block), bytes}};
}

std::uint64_t VideoPackets::byte_length() const noexcept {
  std::uint64_t sum = 0;
  for (const PacketRecord& packet : index_->packets) sum += packet.size;
  return sum;
}

std::span<const std::uint8_t> VideoPackets::payload(std::size_t packet) const noexcept {
  const PacketRecord& record = index_->packets[packet];
  return block_.bytes.subspan(record.offset, record.size);
}

VideoPackets VideoPackets::slice(std::size_t begin, std::size_t end) const {
  auto index = std::make_shared<PacketIndex>(index_->empty_copy());
  if (begin >= end) return {std::move(index), {}};
  const std::uint64_t base = index_->packets[begin].offset;
  index->packets.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) {
    const PacketRecord& packet = index_->packets[i];
    index->append_packet(*index_, packet, packet.offset - base);
  }
  const std::uint64_t length = index->payload_length();
  return {std::move(index), {block_.owner, block_.bytes.subspan(base, length)}};
}

AvPtr<AVPacket> VideoPackets::av_packet(std::size_t packet) const {
  auto to = own(av_packet_alloc());
  const PacketRecord& record = index_->packets[packet];
  const auto bytes = payload(packet);
  auto owner = std::make_unique<std::shared_ptr<const void>>(block_.owner);
  // libav's type is not const. libav copies a read-only buffer before it writes to it.
  to->buf = av_buffer_create(
      const_cast<std::uint8_t*>(bytes.data()), bytes.size() + kPadding,
      [](void* opaque, std::uint8_t*) { delete static_cast<std::shared_ptr<const void>*>(opaque); },
      owner.get(), AV_BUFFER_FLAG_READONLY);
  if (to->buf == nullptr) throw_av_error(AVERROR(ENOMEM), "packet");
  owner.release();
  to->data = to->buf->data;
  to->size = static_cast<int>(bytes.size());
  to->pts = record.pts;
  to->dts = record.dts;
  to->duration = record.duration;
  to->flags = static_cast<int>(record.flags);
  for (const SideDataRecord& data : index_->side_data_of(record)) {
    const auto from = index_->bytes_of(data);
    auto* bytes_of_side_data = av_packet_new_side_data(
        to.get(), static_cast<AVPacketSideDataType>(data.type), from.size());
    if (bytes_of_side_data == nullptr) throw_av_error(AVERROR(ENOMEM), "packet side data");
    if (!from.empty()) std::memcpy(bytes_of_side_data, from.data(), from.size());
  }
  return to;
}

std::uint64_t VideoPackets::packed_length() const noexcept {
  return plan_of(*index_).byte_length();
}

std::uint64_t VideoPackets::pack_into(std::span<std::uint8_t> target) const {
  const PackedPlan plan = plan_of(*index_);
  require_room(target, plan);
  if (plan.payload_length > 0) {
    arena::core::copy_bytes(reinterpret_cast<std::byte*>(target.data() + sizeof(BlockHeader)),
                            reinterpret_cast<const std::byte*>(block_.bytes.data()),
                            plan.payload_length);
  }
  write_around_payloads(*index_, plan, target);
  return plan.byte_length();
}

}  // namespace arena::video
