/// Untrusted files. Each is refused, or demuxed to packets that can be packed.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "demuxer.hpp"

using arena::video::Demuxer;
using arena::video::Interrupt;
using arena::video::MediaError;
using arena::video::VideoPackets;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  arena::video::DemuxOptions options;
  options.max_pixels = 1 << 20;
  options.max_batch_bytes = 1 << 26;
  // The last byte chooses a window, or none.
  if (size > 0 && data[size - 1] % 2 == 1) {
    options.window_start = data[size - 1] / 64.0;
    options.window_end = options.window_start + 1;
  }
  try {
    Demuxer demuxer(arena::video::open_bytes({data, size}), options, std::make_shared<Interrupt>());
    while (const auto length = demuxer.gather(8)) {
      std::vector<std::uint8_t> packed(*length);
      demuxer.take_into(packed);
      // The packets of a demuxer are never refused by their consumer.
      try {
        VideoPackets::unpack(packed, nullptr);
      } catch (const MediaError&) {
        __builtin_trap();
      }
    }
  } catch (const MediaError&) {
  }
  return 0;
}
