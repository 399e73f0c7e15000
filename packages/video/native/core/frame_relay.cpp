#include "frame_relay.hpp"

#include <algorithm>
#include <cstring>

#include "media_error.hpp"

namespace arena::video {
namespace {

/// About this many bytes of pictures are copied at once, which takes a millisecond of the
/// JavaScript thread.
constexpr std::size_t kUsualBytes = 4 << 20;

std::size_t capacity_of(std::size_t target_bytes, std::size_t frame_bytes) {
  const std::size_t usual = std::max<std::size_t>(kUsualBytes / frame_bytes, 1);
  return std::min(usual, target_bytes / frame_bytes) * frame_bytes;
}

}  // namespace

FrameRelay::FrameRelay(std::size_t target_bytes, std::size_t frame_bytes)
    : target_bytes_(target_bytes),
      frame_bytes_(frame_bytes),
      capacity_(capacity_of(target_bytes, frame_bytes)),
      // The memory is not zeroed: only bytes that were written are copied.
      pictures_(new std::uint8_t[capacity_]) {}

bool FrameRelay::read_on(FrameDecoder& decoder, FrameDecoder::Read& read,
                         const Interrupt& interrupt, TimeSlice slice) {
  const std::size_t room = std::min(capacity_, target_bytes_ - delivered_);
  std::span<std::uint8_t> rest(pictures_.get(), room);
  const bool complete = decoder.read_on(read, rest, interrupt, slice);
  waiting_ = room - rest.size();
  const bool full = read.state == FrameDecoder::State::no_room;
  return complete && !(full && target_bytes_ - delivered_ - waiting_ >= frame_bytes_);
}

void FrameRelay::deliver(std::span<std::uint8_t> target) {
  if (target.size() != target_bytes_) {
    throw MediaError(MediaErrorKind::moved,
                     "decode: the target was transferred away meanwhile. Leave it alone until the "
                     "promise settles.");
  }
  if (waiting_ > 0) std::memcpy(target.data() + delivered_, pictures_.get(), waiting_);
  delivered_ += waiting_;
  waiting_ = 0;
}

}  // namespace arena::video
