/// The bytes of units, and rings, of the arena that a simulation runs on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simulation.hpp"

namespace litmus {

struct Shared {
  std::byte* records = nullptr;
  std::uint64_t capacity = 0;
  std::byte* segments = nullptr;
  std::byte* segments_end = nullptr;
  /// Writers may overwrite bytes while a reader copies them. Then bytes count as relaxed atomics,
  /// and the reader must notice. Otherwise an unordered access is a race.
  bool contested = false;
};

/// Names the memory of units, and takes all rings so far.
void share(const Shared& memory);
/// Sleeps until the doorbell of this peer has rung.
void wait_for_ring(std::uint32_t peer);
/// The first eight bytes of a unit.
Value load_unit(const std::byte* bytes);
void store_unit(std::byte* bytes, Value value);

}  // namespace litmus
