/// Units that carry their writer, their number, and bytes by which a reader can check them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>

#include "arenas.hpp"

namespace arena::tests {

/// The envelope of a unit. The bytes of the unit follow from it.
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
  /// False when a byte does not follow from the stamp: the unit is torn or overwritten.
  bool intact = false;
};

void fill(std::byte* bytes, std::uint64_t byte_length, Stamp stamp);
bool is_filled(const std::byte* bytes, std::uint64_t byte_length, Stamp stamp);

/// One attempt each. A held unit is filled when it is committed.
Status try_open(Writer& writer, Stamp stamp, std::uint64_t byte_length, OpenUnit& unit);
Status commit(Writer& writer, Stamp stamp, OpenUnit& unit);
Status try_write(Writer& writer, Stamp stamp, std::uint64_t byte_length);
/// Copies, finishes and checks a unit that was taken.
Status try_finish(Reader& reader, const TakenUnit& unit, Received& received);
/// Takes, checks and finishes a unit. Puts a lease into `leased`, or releases it.
Status try_read(Reader& reader, Received& received, TakenUnit* leased = nullptr);

/// Waits as long as necessary. Returns ok, or the status that ended the wait.
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
