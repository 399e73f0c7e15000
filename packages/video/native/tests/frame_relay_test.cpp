#include "frame_relay.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "sample.hpp"

namespace arena::video {
namespace {

/// 60 pictures, in a size of which a relay copies 27 at once, and in the size of the sample.
constexpr FrameLayout kLarge{FrameFormat::gray, 480, 320};
constexpr FrameLayout kSmall{FrameFormat::gray, 96, 64};

/// A decoder of the sample's 60 pictures, and one read of it.
struct Reading {
  explicit Reading(const FrameLayout& layout)
      : decoder(layout, 2, PictureLimit(PictureLimit::kMost)) {
    decoder.push(sample_packets());
    decoder.finish();
  }

  /// Reads until `target` is full or all pictures are read; returns the number of deliveries.
  int relay_to(std::span<std::uint8_t> target, TimeSlice slice) {
    FrameRelay relay(target.size(), decoder.layout().byte_length());
    for (int deliveries = 1;; ++deliveries) {
      const bool complete = relay.read_on(decoder, read, Interrupt{}, slice);
      relay.deliver(target);
      if (complete) return deliveries;
    }
  }

  FrameDecoder decoder;
  FrameDecoder::Read read;
};

std::vector<std::uint8_t> read_directly(const FrameLayout& layout, std::size_t frames) {
  Reading direct(layout);
  std::vector<std::uint8_t> target(layout.byte_length() * frames);
  direct.decoder.read(target, Interrupt{});
  return target;
}

TEST_CASE("a relay delivers what a read writes directly, in several parts") {
  for (const std::size_t frames : {1, 26, 27, 28, 60, 100}) {
    CAPTURE(frames);
    Reading relayed(kLarge);
    std::vector<std::uint8_t> target(kLarge.byte_length() * frames);
    const int deliveries = relayed.relay_to(target, TimeSlice::endless());
    CHECK(deliveries == static_cast<int>(std::min<std::size_t>(frames, 60) + 26) / 27);
    CHECK(relayed.read.timestamps.size() == std::min<std::size_t>(frames, 60));
    const bool all = frames >= 60;
    CHECK((relayed.read.state == FrameDecoder::State::ended) == all);
    CHECK(target == read_directly(kLarge, frames));
  }
}

TEST_CASE("a relay that is cut into slices delivers the same") {
  const TimeSlice over(TimeSlice::Clock::time_point::min());
  Reading relayed(kSmall);
  std::vector<std::uint8_t> target(kSmall.byte_length() * 70 + 5);
  CHECK(relayed.relay_to(target, over) > 60);
  CHECK(relayed.read.state == FrameDecoder::State::ended);
  std::vector<std::uint8_t> direct = read_directly(kSmall, 70);
  direct.resize(target.size());
  CHECK(target == direct);
}

TEST_CASE("a relay writes nothing to a target that is not what it was") {
  Reading relayed(kSmall);
  std::vector<std::uint8_t> target(kSmall.byte_length() * 10);
  FrameRelay relay(target.size(), kSmall.byte_length());
  relay.read_on(relayed.decoder, relayed.read, Interrupt{}, TimeSlice::endless());
  for (const std::size_t left : {std::size_t{0}, target.size() - 1}) {
    const auto failure = failure_of([&] { relay.deliver(std::span(target).first(left)); });
    CHECK(failure == MediaErrorKind::moved);
  }
  CHECK(target == std::vector<std::uint8_t>(target.size()));
}

}  // namespace
}  // namespace arena::video
