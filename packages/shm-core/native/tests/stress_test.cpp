/// Many threads on one mapping, in every configuration. The sanitizers watch these tests.
#include <doctest/doctest.h>

#include "crowd.hpp"
#include "sanitized.hpp"

using namespace arena::tests;

namespace {

/// Many rounds under a sanitizer, to find rare faults; few rounds in each run of the tests.
constexpr std::uint64_t kRounds = kSanitized ? 12 : 3;
constexpr int kWriters = 3, kReaders = 3, kLives = 40;

void stress(const RegionConfig& config) {
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    CAPTURE(seed);
    CHECK(Crowd(config, seed).run(kWriters, kReaders, kLives) == "");
  }
}

}  // namespace

TEST_CASE("a crowd of threads reads every unit of a pool once, although threads fall silent") {
  stress(pool_config(4));
}

TEST_CASE("a crowd of threads reads a ring in one order, without a gap") {
  SUBCASE("that fails when full") { stress(ring_config(WhenFull::fail)); }
  SUBCASE("that waits when full") { stress(ring_config(WhenFull::wait)); }
}

TEST_CASE(
    "a crowd of threads sees whole units of a ring that overwrites, and is told of lost ones") {
  stress(ring_config(WhenFull::overwrite));
}

TEST_CASE("a crowd of threads shares the segments of a fan-out") {
  SUBCASE("that waits when full") { stress(fan_out_config(4)); }
  SUBCASE("that overwrites") { stress(fan_out_config(4, WhenFull::overwrite)); }
}
