/// A cheap clock for ages. It is the same in all processes of a machine, and exact to some
/// milliseconds.
#pragma once

#include <time.h>

#include <cstdint>

namespace arena::core {

/// Milliseconds of the monotonic clock; never 0, which stands for no time.
///
/// This is intentional: reading the coarse clock takes 5 ns, the exact one 20 to 40 ns. The coarse
/// clock moves with the kernel's tick, every 1 to 10 ms.
inline std::uint64_t coarse_ms() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000 + 1;
}

/// Milliseconds from `since` to `now`. 0 when `since` is later than `now`, as in damaged memory.
constexpr std::uint64_t age_ms(std::uint64_t since, std::uint64_t now) noexcept {
  return since < now ? now - since : 0;
}

}  // namespace arena::core
