#include "video_packets.hpp"

#include <sys/mman.h>

#include <cstring>
#include <limits>
#include <new>

#include "copy.hpp"

namespace arena::video {
namespace {

constexpr std::uint64_t kHugePage = 2 * 1024 * 1024;

/// Memory of one's own. A large block lies in huge pages where the system has them: filling fresh
/// pages of 4 KiB takes four times as long.
class PrivateBlock {
 public:
  explicit PrivateBlock(std::uint64_t length)
      : alignment_(length >= 2 * kHugePage ? kHugePage : kAlignment), bytes_(allocate(length)) {
#ifdef MADV_HUGEPAGE
    if (alignment_ == kHugePage) ::madvise(bytes_, length, MADV_HUGEPAGE);
#endif
  }
  ~PrivateBlock() { ::operator delete(bytes_, std::align_val_t{alignment_}); }
  PrivateBlock(const PrivateBlock&) = delete;
  PrivateBlock& operator=(const PrivateBlock&) = delete;
  std::uint8_t* bytes() const noexcept { return bytes_; }

 private:
  std::uint8_t* allocate(std::uint64_t length) const {
    void* memory = ::operator new(length, std::align_val_t{alignment_}, std::nothrow);
    if (memory != nullptr) return static_cast<std::uint8_t*>(memory);
    throw MediaError(MediaErrorKind::kOutOfMemory,
                     "video packets: no memory for " + std::to_string(length) + " bytes");
  }

  std::uint64_t alignment_;
  std::uint8_t* bytes_;
};

/// Where packed parts lie.
struct PackedPlan {
  std::uint64_t payload_length;
  std::uint64_t metadata_length;
  std::uint64_t metadata_offset() const noexcept { return sizeof(BlockHeader) + payload_length; }
  std::uint64_t byte_length() const noexcept { return metadata_offset() + metadata_length; }
};

PackedPlan plan_of(const PacketIndex& index) noexcept {
  return {index.payload_length(), index.metadata_length()};
}

void require_target(std::span<const std::uint8_t> target, std::uint64_t needed) {
  if (target.size() < needed) {
    throw MediaError(MediaErrorKind::kArgument,
                     "packed video packets need " + std::to_string(needed) +
                         " bytes, the target has " + std::to_string(target.size()));
  }
}

/// Writes everything but the payloads.
void write_frame(const PacketIndex& index, const PackedPlan& plan, std::span<std::uint8_t> target) {
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
      index.append_side_data(data.type, {data.data, data.size});
    }
    record.side_data_count = static_cast<std::uint32_t>(packet->side_data_elems);
    index.packets.push_back(record);
    offset += padded(record.size);
  }
  return index;
}

/// Copies one payload and zeroes what follows it, up to the next packet.
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

BlockHeader read_header(std::span<const std::uint8_t> bytes) {
  BlockHeader header;
  if (bytes.size() < sizeof header) {
    throw MediaError(
        MediaErrorKind::kCorrupt,
        "packed video packets: " + std::to_string(bytes.size()) + " bytes hold no header");
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kBlockMagic) {
    throw MediaError(MediaErrorKind::kCorrupt, "these bytes are no packed video packets");
  }
  if (header.layout_version != kLayoutVersion) {
    throw MediaError(MediaErrorKind::kIncompatible,
                     "packed video packets have layout " + std::to_string(header.layout_version) +
                         ", this build reads " + std::to_string(kLayoutVersion));
  }
  if (header.codec_abi != LIBAVCODEC_VERSION_MAJOR) {
    throw MediaError(MediaErrorKind::kIncompatible, "packed video packets come from libavcodec " +
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
    throw MediaError(MediaErrorKind::kCorrupt,
                     "packed video packets: the header's lengths do not fit into " +
                         std::to_string(available) + " bytes");
  }
}

void check_padding(const PacketIndex& index, std::span<const std::uint8_t> payloads) {
  static constexpr std::uint8_t zeros[kPadding] = {};
  for (const PacketRecord& packet : index.packets) {
    if (std::memcmp(payloads.data() + packet.offset + packet.size, zeros, kPadding) != 0) {
      throw MediaError(MediaErrorKind::kCorrupt,
                       "packed video packets: the padding of the packet at " +
                           std::to_string(packet.offset) + " is not zero");
    }
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

std::uint64_t VideoPackets::packed_length_of_av(const PacketIndex& stream,
                                                std::span<const AvPtr<AVPacket>> packets) {
  return plan_of(index_packets(stream, packets)).byte_length();
}

std::uint64_t VideoPackets::pack_av(const PacketIndex& stream,
                                    std::span<const AvPtr<AVPacket>> packets,
                                    std::span<std::uint8_t> target) {
  const PacketIndex index = index_packets(stream, packets);
  const PackedPlan plan = plan_of(index);
  require_target(target, plan.byte_length());
  copy_payloads(index, packets, target.data() + sizeof(BlockHeader));
  write_frame(index, plan, target);
  return plan.byte_length();
}

VideoPackets VideoPackets::unpack(std::span<const std::uint8_t> bytes,
                                  std::shared_ptr<const void> owner) {
  const BlockHeader header = read_header(bytes);
  check_header(header, bytes.size());
  // A private copy: another process may still write to the original.
  const auto shared = bytes.subspan(header.metadata_offset, header.metadata_length);
  const std::vector<std::uint8_t> metadata(shared.begin(), shared.end());
  auto index = std::make_shared<PacketIndex>(decode_metadata(metadata, header.payload_length));
  const auto payloads = bytes.subspan(sizeof(BlockHeader), header.payload_length);
  check_padding(*index, payloads);
  return {std::move(index), {std::move(owner), payloads}};
}

VideoPackets VideoPackets::concat(std::span<const VideoPackets> parts) {
  if (parts.empty()) {
    throw MediaError(MediaErrorKind::kArgument, "there are no video packets to concatenate");
  }
  auto index = std::make_shared<PacketIndex>(parts.front().index().empty_copy());
  std::uint64_t offset = 0;
  for (const VideoPackets& part : parts) {
    if (!same_stream(*index, part.index())) {
      throw MediaError(MediaErrorKind::kArgument,
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
  // libav's type is not const, but a read-only buffer is copied before anybody writes to it.
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
  require_target(target, plan.byte_length());
  if (plan.payload_length > 0) {
    arena::core::copy_bytes(reinterpret_cast<std::byte*>(target.data() + sizeof(BlockHeader)),
                            reinterpret_cast<const std::byte*>(block_.bytes.data()),
                            plan.payload_length);
  }
  write_frame(*index_, plan, target);
  return plan.byte_length();
}

}  // namespace arena::video
