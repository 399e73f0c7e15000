/// An arena that begins every run in the same state.
#pragma once

#include <cstring>
#include <memory>
#include <vector>

#include "attachment.hpp"
#include "broadcast_reader.hpp"
#include "exclusive_reader.hpp"
#include "substitutes.hpp"
#include "writer.hpp"

namespace litmus {

using namespace arena::core;  // NOLINT: the scenarios speak the core's language

class SmallArena {
 public:
  explicit SmallArena(const RegionConfig& config)
      : region_(Region::create({config, "", false})),
        fresh_(bytes(), bytes() + (region_->records() - bytes())) {}

  /// Forgets everything that happened in the arena.
  void reset() {
    std::memcpy(bytes(), fresh_.data(), fresh_.size());
    const RegionConfig& config = region_->config();
    std::byte* const segments = config.segment_count > 0 ? region_->segment(0) : nullptr;
    share({region_->records(), config.capacity, segments,
           segments + config.segment_count * region_->layout().segment_stride,
           config.when_full == WhenFull::overwrite && config.kind == Kind::ring});
  }
  /// As another process attaches.
  std::shared_ptr<Attachment> attach() { return std::make_shared<Attachment>(region_); }

 private:
  std::byte* bytes() { return reinterpret_cast<std::byte*>(&region_->control()); }

  std::shared_ptr<Region> region_;
  std::vector<std::byte> fresh_;
};

inline RegionConfig small_ring(WhenFull when_full, std::uint32_t cells) {
  RegionConfig config{};
  config.kind = Kind::ring;
  config.when_full = when_full;
  config.capacity = kPageSize;
  // Two records of one granule fill the arena.
  config.granule_shift = 11;
  config.cell_count = cells;
  config.peer_count = 4;
  return config;
}

inline RegionConfig small_pool(std::uint32_t segments, bool broadcast) {
  RegionConfig config = small_ring(WhenFull::wait, 2 * segments + 2);
  config.kind = Kind::pool;
  config.segment_count = segments;
  config.segment_size = 64;
  config.envelope_bytes = 8;
  config.broadcast = broadcast ? 1 : 0;
  return config;
}

/// Opens a unit, waiting as an event loop waits.
inline OpenUnit opened(Writer& writer) {
  OpenUnit unit;
  for (;;) {
    const Status status = writer.try_acquire(sizeof(Value), {}, unit);
    if (status == Status::ok) return unit;
    require(status == Status::full, "a writer with readers finds room, or waits for room");
    if (!writer.arm(writer.placement(sizeof(Value), 0))) wait_for_ring(writer.peer().index);
  }
}

inline void write(Writer& writer, Value value) {
  OpenUnit unit = opened(writer);
  store_unit(unit.bytes, value);
  require(writer.commit(unit, sizeof value) == Status::ok, "a filled unit can be committed");
}

/// Writes a unit before the threads of a run begin.
inline void prepare(Writer& writer, Value value) {
  OpenUnit unit;
  if (writer.try_acquire(sizeof value, {}, unit) != Status::ok) fail("no room to begin with");
  std::memcpy(unit.bytes, &value, sizeof value);
  if (writer.commit(unit, sizeof value) != Status::ok) fail("no unit to begin with");
}

/// Takes the next unit, waiting as an event loop waits. False at the end of the stream.
inline bool taken(Reader& reader, TakenUnit& unit) {
  for (;;) {
    const Status status = reader.take(unit);
    if (status == Status::ok) return true;
    if (status == Status::lapped) continue;
    if (status == Status::quiet || status == Status::ended) return false;
    require(status == Status::empty, "a reader finds a unit, or waits for one");
    if (!reader.arm()) wait_for_ring(reader.peer().index);
  }
}

/// Reads the bytes where they lie. False at the end of the stream; 0 for an overwritten unit.
inline bool read(Reader& reader, Value& value) {
  TakenUnit unit;
  if (!taken(reader, unit)) return false;
  value = load_unit(unit.view.bytes);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (!reader.finish(unit)) value = 0;
  reader.release(unit);
  return true;
}

}  // namespace litmus
