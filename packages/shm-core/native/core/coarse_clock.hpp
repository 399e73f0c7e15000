/// A clock for ages: cheap, the same in every process of the machine, right to some milliseconds.
#pragma once

#include <time.h>

#include <cstdint>

namespace arena::core {

/// Milliseconds of the monotonic clock; never 0, which stands for no time.
///
/// This is intentional: the coarse clock, which is read from memory in 5 ns, where the exact one
/// takes 20 to 40. It moves on with the kernel's tick, every 1 to 10 ms.
inline std::uint64_t coarse_ms() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000 + 1;
}

/// Milliseconds from `since` to `now`; 0 where that is later, as after a stamp that nobody made.
constexpr std::uint64_t age_ms(std::uint64_t since, std::uint64_t now) noexcept {
  return since < now ? now - since : 0;
}

}  // namespace arena::core
