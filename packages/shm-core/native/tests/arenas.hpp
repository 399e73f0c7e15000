/// Small arenas for tests, which soon reach every limit.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "attachment.hpp"
#include "broadcast_reader.hpp"
#include "exclusive_reader.hpp"
#include "reader.hpp"
#include "region.hpp"
#include "writer.hpp"

namespace arena::tests {

using namespace arena::core;  // NOLINT: the tests speak the core's language

inline RegionConfig ring_config(WhenFull when_full, std::uint64_t capacity = kPageSize,
                                std::uint32_t cells = 8, std::uint32_t peers = 8) {
  RegionConfig config{};
  config.kind = Kind::ring;
  config.when_full = when_full;
  config.capacity = capacity;
  config.granule_shift = 6;
  config.cell_count = cells;
  config.peer_count = peers;
  return config;
}

inline RegionConfig pool_config(std::uint32_t segments, std::uint64_t segment_size = 256,
                                std::uint32_t peers = 8) {
  RegionConfig config{};
  config.kind = Kind::pool;
  config.when_full = WhenFull::wait;
  config.capacity = kPageSize;
  config.granule_shift = 6;
  config.cell_count = 2 * segments + 8;
  config.peer_count = peers;
  config.segment_count = segments;
  config.segment_size = segment_size;
  config.envelope_bytes = 64;
  return config;
}

inline RegionConfig fan_out_config(std::uint32_t segments, WhenFull when_full = WhenFull::wait) {
  RegionConfig config = pool_config(segments);
  config.broadcast = 1;
  config.when_full = when_full;
  return config;
}

/// One arena of each kind.
inline const std::vector<RegionConfig>& every_kind() {
  static const std::vector<RegionConfig> kinds{ring_config(WhenFull::fail),
                                               ring_config(WhenFull::overwrite), pool_config(3),
                                               fan_out_config(3)};
  return kinds;
}

/// The same with a unit timeout.
inline RegionConfig with_unit_timeout(RegionConfig config, std::uint32_t milliseconds = 1000) {
  config.unit_timeout_ms = milliseconds;
  return config;
}

inline std::shared_ptr<Region> create_region(const RegionConfig& config) {
  return Region::create({config, "", false});
}

/// A second attachment to the same arena, as another thread or process has.
inline std::shared_ptr<Attachment> attach(const std::shared_ptr<Region>& region) {
  return std::make_shared<Attachment>(region);
}

inline std::shared_ptr<Attachment> create_arena(const RegionConfig& config) {
  return attach(create_region(config));
}

/// Attaches by the handle, as an unrelated process does. For forked children.
inline std::shared_ptr<Attachment> attach(const Handle& handle) {
  return attach(Region::attach(handle, false));
}

/// A deadline that passes only when something hangs.
inline Deadline soon() { return Clock::now() + std::chrono::seconds(20); }
inline Deadline after_ms(int milliseconds) {
  return Clock::now() + std::chrono::milliseconds(milliseconds);
}

/// The reader as one that sees every unit; null where it is another.
inline BroadcastReader* as_broadcast(Reader& reader) {
  return dynamic_cast<BroadcastReader*>(&reader);
}

}  // namespace arena::tests
