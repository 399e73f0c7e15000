#include "frame_decoder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "sample.hpp"

namespace arena::video {
namespace {

const PictureLimit kNoLimit(PictureLimit::kMost);

struct Decoded {
  std::vector<std::vector<std::uint8_t>> frames;
  std::vector<std::int64_t> timestamps;
};

Decoded decode_all(std::span<const VideoPackets> runs, const FrameLayout& layout,
                   std::size_t frames_a_read = 1) {
  FrameDecoder decoder(layout, 2, kNoLimit);
  for (const VideoPackets& run : runs) decoder.push(run);
  decoder.finish();
  Decoded all;
  std::vector<std::uint8_t> target(layout.byte_length() * frames_a_read);
  for (;;) {
    const auto read = decoder.read(target, Interrupt{});
    for (std::size_t i = 0; i < read.timestamps.size(); ++i) {
      const auto* frame = target.data() + i * layout.byte_length();
      all.frames.emplace_back(frame, frame + layout.byte_length());
      all.timestamps.push_back(read.timestamps[i]);
    }
    if (read.state == FrameDecoder::State::ended) return all;
  }
}

TEST_CASE("decodes every frame, whatever the number a read takes") {
  const VideoPackets packets[] = {sample_packets()};
  const FrameLayout layout{FrameFormat::yuv420p, 96, 64};
  const Decoded one = decode_all(packets, layout, 1);
  CHECK(one.frames.size() == 60);
  CHECK(std::ranges::is_sorted(one.timestamps));
  CHECK(decode_all(packets, layout, 7).frames == one.frames);
  CHECK(decode_all(packets, layout, 100).frames == one.frames);
}

TEST_CASE("reading that is cut into slices gives the same frames") {
  const VideoPackets packets[] = {sample_packets()};
  const FrameLayout layout{FrameFormat::gray, 96, 64};
  const TimeSlice over(TimeSlice::Clock::time_point::min());
  FrameDecoder decoder(layout, 2, kNoLimit);
  decoder.push(packets[0]);
  decoder.finish();
  std::vector<std::uint8_t> target(layout.byte_length() * 100);
  std::span<std::uint8_t> rest(target);
  FrameDecoder::Read read;
  int slices = 1;
  while (!decoder.read_on(read, rest, Interrupt{}, over)) ++slices;
  CHECK(slices > 60);
  CHECK(read.state == FrameDecoder::State::ended);
  const Decoded whole = decode_all(packets, layout, 100);
  CHECK(read.timestamps == whole.timestamps);
  for (std::size_t i = 0; i < whole.frames.size(); ++i) {
    CHECK(std::ranges::equal(whole.frames[i], std::span(target).subspan(i * layout.byte_length(),
                                                                        layout.byte_length())));
  }
}

TEST_CASE("groups of pictures pushed one by one decode as the whole does") {
  const VideoPackets whole[] = {sample_packets()};
  const VideoPackets parts[] = {whole[0].slice(0, 30), whole[0].slice(30, 60)};
  const FrameLayout layout{FrameFormat::gray, 96, 64};
  CHECK(decode_all(parts, layout).frames == decode_all(whole, layout).frames);
}

TEST_CASE("writes nothing outside the frames, at any width") {
  const VideoPackets packets = sample_packets().slice(0, 2);
  for (const auto format : {FrameFormat::rgb24, FrameFormat::gray, FrameFormat::yuv420p}) {
    for (int width = 2; width <= 140; width += format == FrameFormat::yuv420p ? 2 : 1) {
      const FrameLayout layout{format, width, 34};
      FrameDecoder decoder(layout, 1, kNoLimit);
      decoder.push(packets);
      decoder.finish();
      std::vector<std::uint8_t> memory(layout.byte_length() + 256, 0xab);
      const std::span target(memory.data() + 128, layout.byte_length());
      REQUIRE(decoder.read(target, Interrupt{}).timestamps.size() == 1);
      CHECK(std::count(memory.begin(), memory.begin() + 128, 0xab) == 128);
      CHECK(std::count(memory.end() - 128, memory.end(), 0xab) == 128);
    }
  }
}

TEST_CASE("knows whether there is more when the target is just full") {
  const FrameLayout layout{FrameFormat::gray, 96, 64};
  FrameDecoder decoder(layout, 2, kNoLimit);
  decoder.push(sample_packets());
  decoder.finish();
  std::vector<std::uint8_t> target(layout.byte_length() * 30);
  CHECK(decoder.read(target, Interrupt{}).state == FrameDecoder::State::no_room);
  CHECK(decoder.read(target, Interrupt{}).state == FrameDecoder::State::ended);
}

TEST_CASE("says when it needs packets, and goes on with them") {
  const VideoPackets packets = sample_packets();
  const FrameLayout layout{FrameFormat::gray, 96, 64};
  std::vector<std::uint8_t> target(layout.byte_length() * 100);
  FrameDecoder decoder(layout, 2, kNoLimit);
  CHECK(decoder.read(target, Interrupt{}).state == FrameDecoder::State::needs_packets);
  decoder.push(packets.slice(0, 30));
  const auto first = decoder.read(target, Interrupt{});
  CHECK(first.state == FrameDecoder::State::needs_packets);
  decoder.push(packets.slice(30, 60));
  decoder.finish();
  const auto second = decoder.read(target, Interrupt{});
  CHECK(first.timestamps.size() + second.timestamps.size() == 60);
  CHECK(second.state == FrameDecoder::State::ended);
}

TEST_CASE("another stream starts anew, after the frames of the one before, in a read of its own") {
  const auto file = create_video_data(
      {.target_bytes = 20'000, .duration_seconds = 0.5, .width = 64, .height = 48}, Interrupt{});
  auto demuxer = demuxer_over(file);
  demuxer.gather(kEverything);
  const FrameLayout layout{FrameFormat::gray, 96, 64};
  FrameDecoder decoder(layout, 2, kNoLimit);
  decoder.push(sample_packets());
  decoder.push(demuxer.take());
  decoder.finish();
  std::vector<std::uint8_t> target(layout.byte_length() * 100);
  const auto first = decoder.read(target, Interrupt{});
  CHECK(first.timestamps.size() == 60);
  CHECK(first.state == FrameDecoder::State::next_stream);
  CHECK(decoder.read(target, Interrupt{}).timestamps.size() == 15);
}

TEST_CASE("shows the frames of the window only") {
  auto demuxer = demuxer_over(sample_file(), {.window_start = 1.5, .window_end = 1.7});
  demuxer.gather(kEverything);
  const VideoPackets packets[] = {demuxer.take()};
  CHECK(decode_all(packets, {FrameFormat::gray, 96, 64}).frames.size() == 6);
}

TEST_CASE("lets go of the packets' owner when it is done") {
  auto owner = std::make_shared<std::vector<std::uint8_t>>(packed(sample_packets()));
  const std::weak_ptr<void> alive = owner;
  const std::span<const std::uint8_t> view(*owner);
  {
    const VideoPackets packets[] = {VideoPackets::unpack(view, std::move(owner))};
    decode_all(packets, {FrameFormat::gray, 96, 64});
    CHECK_FALSE(alive.expired());
  }
  CHECK(alive.expired());
}

TEST_CASE("a packet that no decoder can conceal is an error and no crash") {
  auto bytes = packed(sample_packets());
  const std::size_t size = sample_packets().payload(0).size();
  for (std::size_t i = 0; i < size; ++i) bytes[sizeof(BlockHeader) + i] ^= 0x5a;
  const VideoPackets packets[] = {VideoPackets::unpack(bytes, nullptr)};
  CHECK(failure_of([&] {
          decode_all(packets, {FrameFormat::gray, 96, 64});
        }) == MediaErrorKind::media);
}

TEST_CASE("a layout that cannot be is refused") {
  const auto failure = [](FrameLayout layout) {
    return failure_of([&] { FrameDecoder(layout, 1, kNoLimit); });
  };
  CHECK(failure({FrameFormat::yuv420p, 95, 64}) == MediaErrorKind::argument);
  CHECK(failure({FrameFormat::gray, 0, 64}) == MediaErrorKind::argument);
  CHECK(failure({FrameFormat::rgb24, 1 << 30, 1 << 30}) == MediaErrorKind::argument);
}

TEST_CASE("pictures of more pixels than allowed are refused before anything is decoded") {
  FrameDecoder decoder({FrameFormat::gray, 96, 64}, 1, PictureLimit(96 * 64 - 1));
  CHECK(failure_of([&] { decoder.push(sample_packets()); }) == MediaErrorKind::too_large);
}

TEST_CASE("a stream that hides how large its pictures are is refused where it tells") {
  auto bytes = packed(sample_packets());
  BlockHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const auto stream = header.metadata_offset + offsetof(MetadataHeader, stream);
  std::memset(bytes.data() + stream + offsetof(StreamRecord, width), 0, 2 * sizeof(std::int32_t));
  FrameDecoder decoder({FrameFormat::gray, 96, 64}, 1, PictureLimit(96 * 64 - 1));
  decoder.push(VideoPackets::unpack(bytes, nullptr));
  decoder.finish();
  std::vector<std::uint8_t> target(96 * 64);
  CHECK(failure_of([&] { decoder.read(target, Interrupt{}); }) == MediaErrorKind::too_large);
}

TEST_CASE("no packets can follow the end") {
  FrameDecoder decoder({FrameFormat::gray, 96, 64}, 1, kNoLimit);
  decoder.finish();
  CHECK(failure_of([&] { decoder.push(sample_packets()); }) == MediaErrorKind::state);
}

TEST_CASE("stops when interrupted") {
  FrameDecoder decoder({FrameFormat::gray, 96, 64}, 1, kNoLimit);
  decoder.push(sample_packets());
  Interrupt interrupt;
  interrupt.fire();
  std::vector<std::uint8_t> target(96 * 64);
  CHECK(failure_of([&] { decoder.read(target, interrupt); }) == MediaErrorKind::interrupted);
}

}  // namespace
}  // namespace arena::video
