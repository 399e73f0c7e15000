#include <doctest/doctest.h>

#include "sample.hpp"

namespace arena::video {
namespace {

TEST_CASE("video data has the size asked for, whatever its pictures need") {
  for (const std::uint64_t target : {100'000u, 1'000'000u, 4'000'000u}) {
    const auto file = create_video_data(
        {.target_bytes = target, .duration_seconds = 1, .width = 320, .height = 240}, Interrupt{});
    auto demuxer = demuxer_over(file);
    demuxer.gather(kEverything);
    const VideoPackets packets = demuxer.take();
    CHECK(packets.size() == 30);
    CHECK(static_cast<double>(packets.byte_length()) > 0.95 * static_cast<double>(target));
    CHECK(static_cast<double>(packets.byte_length()) < 1.05 * static_cast<double>(target));
  }
}

TEST_CASE("more bytes than the encoder can make in that time are refused") {
  const VideoDataOptions options{
      .target_bytes = 1'000'000'000, .duration_seconds = 1, .width = 320, .height = 240};
  CHECK(failure_of([&] { create_video_data(options, Interrupt{}); }) == MediaErrorKind::argument);
}

TEST_CASE("encoding stops when interrupted") {
  Interrupt interrupt;
  interrupt.fire();
  const VideoDataOptions options{
      .target_bytes = 1'000'000, .duration_seconds = 1, .width = 320, .height = 240};
  CHECK(failure_of([&] { create_video_data(options, interrupt); }) == MediaErrorKind::interrupted);
}

}  // namespace
}  // namespace arena::video
