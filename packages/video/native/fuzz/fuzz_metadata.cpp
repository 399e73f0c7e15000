/// Untrusted packed packets. They are refused, or safe to decode.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "video_packets.hpp"

using arena::video::MediaError;
using arena::video::VideoPackets;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The bytes get a block of their own, so that the sanitizer sees every access beyond them.
  const std::vector<std::uint8_t> bytes(data, data + size);
  try {
    const VideoPackets packets = VideoPackets::unpack(bytes, nullptr);
    const auto parameters = arena::video::codec_parameters(packets.index());
    (void)arena::video::rotation_degrees(packets.index());
    volatile unsigned sum = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const auto packet = packets.av_packet(i);
      for (int byte = 0; byte < packet->size + AV_INPUT_BUFFER_PADDING_SIZE; ++byte) {
        sum = sum + packet->data[byte];
      }
    }
    std::vector<std::uint8_t> again(packets.packed_length());
    packets.slice(packets.size() / 2, packets.size());
    packets.pack_into(again);
    // Metadata that was accepted once is accepted again after a round trip.
    if (VideoPackets::unpack(again, nullptr).size() != packets.size()) __builtin_trap();
  } catch (const MediaError&) {
  }
  return 0;
}
