/// Many threads on one mapping, in every configuration: what the sanitizers are meant to watch.
#include <doctest/doctest.h>

#include "crowd.hpp"
#include "sanitized.hpp"

using namespace arena::tests;

namespace {

/// Long enough under a sanitizer to find what is rare; short in each run of the tests.
constexpr std::uint64_t kRounds = kSanitized ? 12 : 3;
constexpr int kWriters = 3, kReaders = 3, kLives = 40;

void stress(const RegionConfig& config) {
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    CAPTURE(seed);
    CHECK(Crowd(config, seed).run(kWriters, kReaders, kLives) == "");
  }
}

}  // namespace

TEST_CASE("a crowd of threads passes every unit of a pool on once, whoever falls silent") {
  stress(pool_config(4));
}

TEST_CASE("a crowd of threads reads a ring in one order, without a gap") {
  SUBCASE("that fails when full") { stress(ring_config(WhenFull::fail)); }
  SUBCASE("that waits when full") { stress(ring_config(WhenFull::wait)); }
}

TEST_CASE("a crowd of threads sees what is whole, and hears of the rest, where a ring overwrites") {
  stress(ring_config(WhenFull::overwrite));
}

TEST_CASE("a crowd of threads shares the segments of a fan-out") {
  SUBCASE("that waits when full") { stress(fan_out_config(4)); }
  SUBCASE("that overwrites") { stress(fan_out_config(4, WhenFull::overwrite)); }
}
