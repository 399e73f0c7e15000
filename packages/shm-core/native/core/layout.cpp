#include "layout.hpp"

#include <bit>
#include <initializer_list>

namespace arena::core {
namespace {

constexpr std::uint64_t kMaxTotalSize = std::uint64_t{1} << 46;

std::uint32_t fnv1a(std::initializer_list<std::uint64_t> values) {
  std::uint32_t hash = 2166136261u;
  for (std::uint64_t value : values) {
    for (int byte = 0; byte < 8; ++byte) {
      hash = (hash ^ static_cast<std::uint8_t>(value >> (8 * byte))) * 16777619u;
    }
  }
  return hash;
}

}  // namespace

RegionLayout RegionLayout::of(const RegionConfig& config) {
  RegionLayout layout{};
  layout.control = kPageSize;
  layout.peers = layout.control + sizeof(Control);
  layout.cells = layout.peers + config.peer_count * sizeof(PeerSlot);
  layout.segment_slots = layout.cells + config.cell_count * sizeof(Cell);
  layout.lease_lanes = layout.segment_slots + config.segment_count * sizeof(SegmentSlot);
  const std::uint64_t lanes =
      config.broadcast ? std::uint64_t{config.segment_count} * config.peer_count : 0;
  layout.losses = align_up(layout.lease_lanes + lanes * sizeof(LeaseLane), alignof(Loss));
  layout.records =
      align_up(layout.losses + kept_losses(config.peer_count) * sizeof(Loss), kPageSize);
  layout.segments = layout.records + config.capacity;
  const std::uint64_t alignment = config.segment_size >= kPageSize ? kPageSize : kPayloadAlignment;
  layout.segment_stride =
      align_up(align_up(config.segment_size, kPayloadAlignment) + config.envelope_bytes, alignment);
  layout.total_size =
      align_up(layout.segments + layout.segment_stride * config.segment_count, kPageSize);
  return layout;
}

std::uint32_t abi_hash() {
  return fnv1a({sizeof(RegionHeader), offsetof(RegionHeader, config),
                offsetof(RegionHeader, creator), sizeof(RegionConfig), sizeof(Creator),
                sizeof(Control), offsetof(Control, readable), offsetof(Control, members),
                sizeof(PeerSlot), offsetof(PeerSlot, position), sizeof(Cell),
                offsetof(Cell, segment), sizeof(SegmentSlot), sizeof(Loss), kCacheLine, kPageSize,
                kMaxPeers, static_cast<std::uint64_t>(std::endian::native == std::endian::little)});
}

const char* invalid_field(const RegionConfig& c) {
  if (c.kind != Kind::pool && c.kind != Kind::ring) return "kind";
  if (static_cast<std::uint32_t>(c.when_full) > 2) return "when_full";
  if (c.granule_shift < 6 || c.granule_shift > 30) return "granule_shift";
  const std::uint64_t granule = std::uint64_t{1} << c.granule_shift;
  if (c.capacity == 0 || c.capacity > kMaxCapacity || c.capacity % kPageSize != 0 ||
      c.capacity % granule != 0 || (c.capacity >> c.granule_shift) >= kMaxGranules) {
    return "capacity";
  }
  if (c.cell_count == 0 || c.cell_count > (1u << 26)) return "cell_count";
  if (c.peer_count == 0 || c.peer_count > kMaxPeers) return "peer_count";
  if (c.segment_count > kMaxSegments) return "segment_count";
  if ((c.kind == Kind::pool) != (c.segment_count > 0)) return "segment_count";
  if (c.kind == Kind::pool && c.cell_count < 2 * c.segment_count) return "cell_count";
  if (c.segment_size > kMaxTotalSize / (c.segment_count + 1)) return "segment_size";
  if ((c.segment_size > 0) != (c.segment_count > 0)) return "segment_size";
  if (c.envelope_bytes > (1u << 20)) return "envelope_bytes";
  if (c.broadcast > 1) return "broadcast";
  if (c.slot_bytes > c.capacity || (c.slot_bytes > 0 && c.kind == Kind::pool)) return "slot_bytes";
  // Overwriting would take units away from the one reader that each unit belongs to.
  if (c.kind == Kind::pool && c.broadcast == 0 && c.when_full == WhenFull::overwrite) {
    return "when_full";
  }
  if (RegionLayout::of(c).total_size > kMaxTotalSize) return "segment_size";
  return nullptr;
}

}  // namespace arena::core
