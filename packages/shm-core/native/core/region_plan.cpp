#include "region_plan.hpp"

#include <algorithm>

namespace arena::core {
namespace {

/// The smallest granule is a cache line.
constexpr std::uint32_t kLeastGranuleShift = 6;
/// A queue has one record for this many bytes.
constexpr std::uint64_t kBytesPerRecord = 256;
constexpr std::uint64_t kLeastRecords = 64;
constexpr std::uint64_t kMostRecords = 65536;
/// Records of a pool's queue in addition to two for every segment and one for each 256 bytes.
constexpr std::uint32_t kSpareRecords = 64;

std::uint32_t granule_shift(std::uint64_t bytes) {
  std::uint32_t shift = kLeastGranuleShift;
  while (bytes >> shift >= kMaxGranules - 1) ++shift;
  return shift;
}

RegionConfig common_config(const ArenaPlan& plan, std::uint64_t bytes) {
  RegionConfig config{};
  config.granule_shift = granule_shift(bytes);
  config.capacity =
      align_up(bytes, std::max<std::uint64_t>(kPageSize, std::uint64_t{1} << config.granule_shift));
  config.peer_count = plan.peers;
  config.unit_timeout_ms = plan.unit_timeout_ms;
  config.writers = plan.writers;
  return config;
}

std::uint64_t bytes_of_slots(const RingPlan& plan) {
  // More bytes than any region may have: creating the region fails with an error.
  if (plan.slot_bytes > kMaxCapacity / plan.slots) return 2 * kMaxCapacity;
  // Each record takes whole granules.
  const std::uint32_t shift = granule_shift(plan.slots * plan.slot_bytes);
  return plan.slots * align_up(plan.slot_bytes, std::uint64_t{1} << shift);
}

}  // namespace

RegionConfig config_of(const PoolPlan& plan) {
  RegionConfig config = common_config(plan, plan.queue_bytes);
  config.kind = Kind::pool;
  config.when_full = WhenFull::wait;
  config.segment_count = plan.segment_count;
  config.segment_size = plan.segment_size;
  config.envelope_bytes = kSegmentEnvelopeBytes;
  config.broadcast = plan.fan_out ? 1 : 0;
  config.cell_count = 2 * plan.segment_count + kSpareRecords +
                      static_cast<std::uint32_t>(config.capacity / kBytesPerRecord);
  return config;
}

RegionConfig config_of(const RingPlan& plan) {
  const bool of_slots = plan.slots > 0;
  const std::uint64_t bytes = of_slots ? bytes_of_slots(plan) : plan.capacity;
  RegionConfig config = common_config(plan, bytes);
  config.kind = Kind::ring;
  config.when_full = plan.when_full;
  config.slot_bytes = of_slots ? plan.slot_bytes : 0;
  const std::uint64_t usual = std::clamp(bytes / kBytesPerRecord, kLeastRecords, kMostRecords);
  if (of_slots) {
    config.cell_count = plan.slots;
  } else {
    config.cell_count = plan.max_records > 0 ? plan.max_records : static_cast<std::uint32_t>(usual);
  }
  return config;
}

}  // namespace arena::core
