#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "frame_decoder.hpp"

namespace arena::video {

/// Brings pictures to memory that can be taken away at any moment: libav's threads write them here,
/// and the thread that could take the target away copies them there, if it has not.
class FrameRelay {
 public:
  /// @param target_bytes The target's size.
  FrameRelay(std::size_t target_bytes, std::size_t frame_bytes);

  /// As FrameDecoder::read_on; false as well when pictures have to be delivered first.
  bool read_on(FrameDecoder& decoder, FrameDecoder::Read& read, const Interrupt& interrupt,
               TimeSlice slice);
  /// Copies what was read since the last time behind what was delivered before.
  ///
  /// @throws MediaError moved when the target is no longer as large as it was.
  void deliver(std::span<std::uint8_t> target);

 private:
  std::size_t target_bytes_;
  std::size_t frame_bytes_;
  std::size_t capacity_;
  std::unique_ptr<std::uint8_t[]> pictures_;
  std::size_t waiting_ = 0;
  std::size_t delivered_ = 0;
};

}  // namespace arena::video
