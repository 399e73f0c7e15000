/// A peer rewrites shared memory at random while other peers use the arena. They go on, or report
/// that the arena is corrupt, and never access memory outside of the arena.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "arenas.hpp"
#include "failures.hpp"
#include "sanitized.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

constexpr std::uint64_t kRewrites = 5000;
/// Each finding may have cost a million failed turns.
constexpr int kMostFindings = kSanitized ? 8 : 40;

/// Rewrites words between the header and the records until it is destroyed.
class Vandal {
 public:
  Vandal(const Region& region, std::uint64_t seed)
      : thread_([this, &region, seed] { rewrite(region, Random(seed)); }) {}
  ~Vandal() {
    done_ = true;
    thread_.join();
  }
  std::uint64_t rewrites() const { return rewrites_; }

 private:
  void rewrite(const Region& region, Random random) {
    const std::uint64_t from = region.layout().control;
    const std::uint64_t words = (region.layout().records - from) / sizeof(std::uint64_t);
    auto* const all = reinterpret_cast<std::atomic<std::uint64_t>*>(&region.control());
    while (!done_) {
      // Most words that decide something lie in the control block, the first peers and the first
      // cells.
      const std::uint64_t at = random.below(random.below(2) == 0 ? 48 : words);
      const std::uint64_t found = all[at].load();
      const std::uint64_t changed[] = {0, ~std::uint64_t{0}, random.next(),
                                       found ^ std::uint64_t{1} << random.below(64),
                                       found + random.below(7) - 3};
      all[at].store(changed[random.below(std::size(changed))]);
      ++rewrites_;
      if (random.below(8) == 0) std::this_thread::yield();
    }
  }

  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> rewrites_{0};
  std::thread thread_;
};

bool is_within(const Region& region, const RecordView& view) {
  const auto lies = [](const std::byte* bytes, std::uint64_t size, const std::byte* from,
                       std::uint64_t room) {
    return bytes >= from && size <= room && bytes + size <= from + room;
  };
  const std::byte* const from =
      view.segment == 0 ? region.records() : region.segment(view.segment - 1);
  const std::uint64_t room =
      view.segment == 0 ? 2 * region.config().capacity : region.layout().segment_stride;
  return lies(view.bytes, view.byte_length, from, room) &&
         lies(view.envelope, view.envelope_length, from, room);
}

/// One step of a user of the arena. False when it was shown bytes outside of the arena.
bool step(Attachment& arena, Writer& writer, Reader& reader, Random& random) {
  TakenUnit unit;
  switch (random.below(8)) {
    case 0:
      arena.check_peers();
      return true;
    case 1:
      (void)writer.wait(writer.placement(random.below(200), 0), Clock::now());
      (void)reader.wait(Clock::now());
      return true;
    case 2:
      (void)arena.stats();
      if (BroadcastReader* const broadcast = as_broadcast(reader)) broadcast->sync_to_newest();
      return true;
    case 3:
    case 4:
    case 5:
      (void)try_write(writer, {1, 1}, random.below(200));
      return true;
    default:
      if (reader.take(unit) != Status::ok) return true;
      if (!is_within(arena.region(), unit.view)) return false;
      Received received;
      (void)try_finish(reader, unit, received);
      reader.release(unit);
      return true;
  }
}

void survive(const RegionConfig& config) {
  int findings = 0;
  for (std::uint64_t seed = 1; seed <= 4 && findings < kMostFindings; ++seed) {
    CAPTURE(seed);
    const auto region = create_region(config);
    const auto arena = attach(region);
    Writer writer(arena);
    const auto opened_reader = open_reader(arena, From::oldest);
    Reader& reader = *opened_reader;
    Random random(seed);
    const Vandal vandal(*region, seed);
    while (vandal.rewrites() < kRewrites && findings < kMostFindings) {
      bool within = true;
      const std::string code = code_of([&] { within = step(*arena, writer, reader, random); });
      CHECK(within);
      if (code.empty()) continue;
      CHECK(code == "ERR_ARENA_CORRUPT");
      ++findings;
      // Clear the poison, so that the code behind the first finding runs as well.
      region->control().poisoned = 0;
    }
  }
  CHECK(findings > 0);
}

}  // namespace

TEST_CASE("a pool that a peer rewrites meanwhile goes on or is corrupt") {
  survive(pool_config(3));
}

TEST_CASE("a ring that a peer rewrites meanwhile goes on or is corrupt") {
  SUBCASE("and waits when full") { survive(ring_config(WhenFull::wait)); }
  SUBCASE("and overwrites") { survive(ring_config(WhenFull::overwrite)); }
}

TEST_CASE("a fan-out that a peer rewrites meanwhile goes on or is corrupt") {
  SUBCASE("and waits when full") { survive(fan_out_config(3)); }
  SUBCASE("and overwrites") { survive(fan_out_config(3, WhenFull::overwrite)); }
}
