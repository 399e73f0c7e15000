#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "frame_decoder.hpp"

namespace arena::video {

/// Copies pictures into memory that can be taken away at any moment. libav's threads write the
/// pictures into this object's memory. The JavaScript thread, which alone can take the target away,
/// copies them into the target.
class FrameRelay {
 public:
  /// @param target_bytes The target's size.
  FrameRelay(std::size_t target_bytes, std::size_t frame_bytes);

  /// As FrameDecoder::read_on. Also false when deliver() must be called first.
  bool read_on(FrameDecoder& decoder, FrameDecoder::Read& read, const Interrupt& interrupt,
               TimeSlice slice);
  /// Copies the pictures that were read since the last call into the target, after the earlier
  /// pictures.
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
