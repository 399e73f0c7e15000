#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "av_log.hpp"
#include "frame_format.hpp"
#include "interrupt.hpp"
#include "picture_limit.hpp"
#include "time_slice.hpp"
#include "video_packets.hpp"

namespace arena::video {

/// Decodes runs of packets to pictures of one layout.
///
/// push() and finish() feed it, read() drains it. A run of the same stream as the one before
/// continues it (so an open group of pictures finds its references); another stream is decoded
/// from its start, after everything before has been shown. One call at a time.
class FrameDecoder {
 public:
  /// Why a read() returned.
  enum class State {
    /// The target has no room for the next picture.
    no_room,
    /// The next picture is of another stream.
    next_stream,
    /// push() or finish() first.
    needs_packets,
    ended,
  };
  struct Read {
    State state = State::no_room;
    /// One per picture, in units of the time base; AV_NOPTS_VALUE where the stream has none.
    std::vector<std::int64_t> timestamps;
    Ratio time_base{0, 1};
  };

  /// @param threads Threads that decode frames at the same time; each delays by one frame.
  FrameDecoder(const FrameLayout& layout, int threads, PictureLimit limit);
  ~FrameDecoder();
  FrameDecoder(const FrameDecoder&) = delete;
  FrameDecoder& operator=(const FrameDecoder&) = delete;

  /// Keeps the packets' owner until they are decoded.
  ///
  /// @throws MediaError too_large; state after finish().
  void push(VideoPackets packets);
  const FrameLayout& layout() const noexcept { return layout_; }
  /// Says that no packets follow.
  void finish() noexcept { finished_ = true; }

  /// Writes pictures of one stream, one after the other, until `target` has no room for another
  /// or the stream ends.
  ///
  /// @throws MediaError media when there is no decoder for the codec or a packet is damaged;
  ///   too_large; interrupted. The decoder cannot be used on after that.
  Read read(std::span<std::uint8_t> target, const Interrupt& interrupt);
  /// Goes on with a read that began with an empty `read`, until the slice is over; true once that
  /// is complete. Writes into `rest`, and leaves in it the room that is left.
  bool read_on(Read& read, std::span<std::uint8_t>& rest, const Interrupt& interrupt,
               TimeSlice slice);

 private:
  enum class Step { frame, next_stream, needs_packets, ended, paused };

  /// Leaves a wanted picture in frame_, where it waits until it is written.
  Step advance(bool may_start_stream, const Interrupt& interrupt, TimeSlice slice);
  void start(const VideoPackets& packets);
  /// Gives the codec one packet, or its end; false when there is none to give.
  bool feed();
  bool wanted(const AVFrame& frame) const;

  FrameLayout layout_;
  int threads_;
  PictureLimit limit_;
  /// Outlives the codec, whose threads log between two reads as well.
  LogSink log_;
  FrameConverter converter_;
  std::deque<VideoPackets> queue_;
  std::size_t next_packet_ = 0;
  bool finished_ = false;
  /// The stream that the codec was opened for last.
  std::shared_ptr<const PacketIndex> stream_;
  AvPtr<AVCodecContext> codec_;
  AvPtr<AVFrame> frame_;
  bool frame_waits_ = false;
};

}  // namespace arena::video
