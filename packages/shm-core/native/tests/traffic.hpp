/// Units that say who wrote them, as which, and whether all of their bytes are their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>

#include "arenas.hpp"

namespace arena::tests {

/// Travels as the envelope; the bytes follow from it.
struct Stamp {
  std::uint32_t writer = 0;
  std::uint32_t number = 0;
  bool operator==(const Stamp&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Stamp& stamp) {
  return out << "writer " << stamp.writer << " number " << stamp.number;
}

struct Received {
  Stamp stamp;
  std::uint64_t byte_length = 0;
  /// False when a byte is not what the stamp says: a torn or overwritten unit.
  bool intact = false;
};

void fill(std::byte* bytes, std::uint64_t byte_length, Stamp stamp);
bool is_filled(const std::byte* bytes, std::uint64_t byte_length, Stamp stamp);

/// The outcome of one attempt. A unit that is held is filled when it is committed.
Status try_open(Writer& writer, Stamp stamp, std::uint64_t byte_length, OpenUnit& unit);
Status commit(Writer& writer, Stamp stamp, OpenUnit& unit);
Status try_write(Writer& writer, Stamp stamp, std::uint64_t byte_length);
/// Copies, finishes and checks a unit that was taken.
Status try_finish(Reader& reader, const TakenUnit& unit, Received& received);
/// Takes, checks and finishes a unit. A lease stays out and is put into `leased`, or is released.
Status try_read(Reader& reader, Received& received, TakenUnit* leased = nullptr);

/// Waits until it can be done: ok, or whatever ended the waiting.
Status write(Writer& writer, Stamp stamp, std::uint64_t byte_length, Deadline deadline = soon());
Status read(Reader& reader, Received& received, Deadline deadline = soon());

/// Deterministic random numbers (splitmix64): a failing seed can be repeated.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t value = (state_ += 0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
  }
  /// 0 <= result < limit
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

}  // namespace arena::tests
