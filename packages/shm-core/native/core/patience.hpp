/// A limit for loops that only other processes can prolong.
#pragma once

#include <cstdint>

#include "region.hpp"

namespace arena::core {

/// Each failed turn of such a loop means that another process made progress. This many failed turns
/// in a row mean that a peer rewrites the memory. Fuzzing uses a lower limit.
#if defined(FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
inline constexpr std::uint64_t kMaxAttempts = 1 << 8;
#else
inline constexpr std::uint64_t kMaxAttempts = 1 << 20;
#endif

class Patience {
 public:
  /// `what` and `offset` as for Region::poison. In addition to the attempts, the loop may pass
  /// every record once.
  Patience(const Region& region, const char* what, std::uint64_t offset) noexcept
      : region_(region), what_(what), offset_(offset) {}

  /// False when no attempt is left; then the region is marked as corrupt.
  bool lasts() noexcept {
    if (++spent_ <= kMaxAttempts + region_.config().cell_count) return true;
    region_.mark_corrupt(offset_);
    return false;
  }
  /// Throws CorruptError when no attempt is left.
  void spend() {
    if (!lasts()) region_.poison(what_, offset_);
  }

 private:
  const Region& region_;
  const char* what_;
  std::uint64_t offset_;
  std::uint64_t spent_ = 0;
};

}  // namespace arena::core
