#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "sample.hpp"

namespace arena::video {
namespace {

bool equal(const VideoPackets& a, const VideoPackets& b) {
  if (a.size() != b.size() || !same_stream(a.index(), b.index())) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const PacketRecord& left = a.index().packets[i];
    const PacketRecord& right = b.index().packets[i];
    if (left.pts != right.pts || left.dts != right.dts || left.flags != right.flags) return false;
    if (!std::ranges::equal(a.payload(i), b.payload(i))) return false;
  }
  return true;
}

/// Packed packets whose owner reports its end.
struct Owned {
  std::shared_ptr<std::vector<std::uint8_t>> bytes =
      std::make_shared<std::vector<std::uint8_t>>(packed(sample_packets()));
  std::weak_ptr<void> alive = bytes;
  VideoPackets unpack() {
    const std::span<const std::uint8_t> view(*bytes);
    return VideoPackets::unpack(view, std::move(bytes));
  }
};

TEST_CASE("packed packets come back equal, without a copy of their payloads") {
  const VideoPackets packets = sample_packets();
  const auto bytes = packed(packets);
  const VideoPackets restored = VideoPackets::unpack(bytes, nullptr);
  CHECK(equal(packets, restored));
  CHECK(restored.payload(0).data() == bytes.data() + sizeof(BlockHeader));
  CHECK(packed(restored) == bytes);
}

TEST_CASE("every packet lies on a 64-byte boundary with 64 zero bytes behind it") {
  const auto bytes = packed(sample_packets());
  const VideoPackets packets = VideoPackets::unpack(bytes, nullptr);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const auto payload = packets.payload(i);
    CHECK((payload.data() - bytes.data()) % kAlignment == 0);
    const auto* behind = payload.data() + payload.size();
    CHECK(std::all_of(behind, behind + kPadding, [](std::uint8_t byte) { return byte == 0; }));
  }
}

TEST_CASE("an AVPacket points into the block and keeps its owner") {
  Owned owned;
  AvPtr<AVPacket> packet;
  {
    const VideoPackets packets = owned.unpack();
    packet = packets.av_packet(1);
    CHECK(packet->data == packets.payload(1).data());
    CHECK(packet->pts == packets.index().packets[1].pts);
  }
  CHECK_FALSE(owned.alive.expired());
  CHECK(av_buffer_is_writable(packet->buf) == 0);
  packet.reset();
  CHECK(owned.alive.expired());
}

TEST_CASE("the last AVPacket may be dropped on another thread") {
  Owned owned;
  auto packet = owned.unpack().av_packet(0);
  std::thread([&packet] { packet.reset(); }).join();
  CHECK(owned.alive.expired());
}

TEST_CASE("a slice shares the block and outlives what it was cut from") {
  Owned owned;
  std::optional<VideoPackets> slice;
  const VideoPackets all = sample_packets();
  {
    const VideoPackets packets = owned.unpack();
    slice = packets.slice(30, 60);
    CHECK(slice->payload(0).data() == packets.payload(30).data());
  }
  CHECK(slice->size() == 30);
  CHECK(std::ranges::equal(slice->payload(29), all.payload(59)));
  const auto repacked = packed(*slice);
  CHECK(equal(VideoPackets::unpack(repacked, nullptr), *slice));
  CHECK_FALSE(owned.alive.expired());
  slice.reset();
  CHECK(owned.alive.expired());
}

TEST_CASE("an empty slice needs no memory and can be packed") {
  const VideoPackets empty = sample_packets().slice(5, 5);
  CHECK(empty.size() == 0);
  const auto bytes = packed(empty);
  CHECK(VideoPackets::unpack(bytes, nullptr).size() == 0);
}

TEST_CASE("slices concatenated in order are the whole again, in memory of their own") {
  Owned owned;
  std::optional<VideoPackets> whole;
  {
    const VideoPackets packets = owned.unpack();
    const VideoPackets parts[] = {packets.slice(0, 7), packets.slice(7, 60)};
    whole = VideoPackets::concat(parts);
  }
  CHECK(owned.alive.expired());
  CHECK(equal(*whole, sample_packets()));
}

TEST_CASE("packets of different streams cannot be concatenated") {
  const auto other = create_video_data(
      {.target_bytes = 20'000, .duration_seconds = 1, .width = 64, .height = 64}, Interrupt{});
  auto demuxer = demuxer_over(other);
  demuxer.gather(kEverything);
  const VideoPackets parts[] = {sample_packets(), demuxer.take()};
  CHECK(failure_of([&] { VideoPackets::concat(parts); }) == MediaErrorKind::argument);
}

TEST_CASE("packing into too little memory writes nothing") {
  const VideoPackets packets = sample_packets();
  std::vector<std::uint8_t> target(packets.packed_length() - 1, 0xab);
  CHECK(failure_of([&] { packets.pack_into(target); }) == MediaErrorKind::argument);
  CHECK(std::ranges::count(target, 0xab) == static_cast<std::ptrdiff_t>(target.size()));
}

TEST_CASE("side data of packets and of the stream survives packing and slicing") {
  PacketIndex stream = sample_packets().index().empty_copy();
  const std::uint8_t global[] = {9, 8, 7};
  stream.append_side_data(AV_PKT_DATA_CPB_PROPERTIES, global);
  stream.stream_side_data_count = 1;
  std::vector<AvPtr<AVPacket>> list;
  for (std::uint8_t i = 0; i < 3; ++i) {
    auto packet = own(av_packet_alloc());
    REQUIRE(av_new_packet(packet.get(), 10) == 0);
    std::memset(packet->data, i, 10);
    std::uint8_t* data = av_packet_new_side_data(packet.get(), AV_PKT_DATA_PALETTE, i + 1u);
    std::memset(data, 40 + i, i + 1u);
    list.push_back(std::move(packet));
  }
  const auto bytes = packed(VideoPackets::from_av(stream, list).slice(1, 3));
  const VideoPackets restored = VideoPackets::unpack(bytes, nullptr);
  REQUIRE(restored.index().stream_side_data().size() == 1);
  CHECK(std::ranges::equal(restored.index().bytes_of(restored.index().stream_side_data()[0]),
                           global));
  const auto packet = restored.av_packet(1);
  REQUIRE(packet->side_data_elems == 1);
  CHECK(packet->side_data[0].type == AV_PKT_DATA_PALETTE);
  CHECK(packet->side_data[0].size == 3);
  CHECK(packet->side_data[0].data[2] == 42);
}

}  // namespace
}  // namespace arena::video
