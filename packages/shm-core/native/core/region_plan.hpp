/// Makes the configuration of a region from a user's options.
#pragma once

#include "layout.hpp"

namespace arena::core {

inline constexpr std::uint32_t kDefaultPeers = 128;
inline constexpr std::uint64_t kDefaultQueueBytes = 1 << 20;
/// Room for the envelope of a unit that lies in a segment.
inline constexpr std::uint32_t kSegmentEnvelopeBytes = 1024;

/// The options of every arena.
struct ArenaPlan {
  std::uint32_t peers = kDefaultPeers;
  /// 0: units may stay open for ever.
  std::uint32_t unit_timeout_ms = 0;
  /// 0: the creator does not know the number.
  std::uint32_t writers = 0;
};

struct PoolPlan : ArenaPlan {
  std::uint64_t segment_size = 0;
  std::uint32_t segment_count = 0;
  std::uint64_t queue_bytes = kDefaultQueueBytes;
  bool fan_out = false;
};

struct RingPlan : ArenaPlan {
  WhenFull when_full = WhenFull::fail;
  /// Bytes of records. When it is 0, the ring has `slots` records of `slot_bytes` each.
  std::uint64_t capacity = 0;
  std::uint32_t slots = 0;
  std::uint64_t slot_bytes = 0;
  /// Records that can be in flight at once, in a ring with a capacity. 0: one for each 256 bytes.
  std::uint32_t max_records = 0;
};

RegionConfig config_of(const PoolPlan& plan);
RegionConfig config_of(const RingPlan& plan);

}  // namespace arena::core
