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
/// push() and finish() give packets, read() takes pictures. A run of the same stream continues the
/// run before, so an open group of pictures finds its references. A run of another stream starts
/// the codec anew, after all earlier pictures were read. Make one call at a time.
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
    /// One timestamp for each picture, in units of the time base; AV_NOPTS_VALUE when the stream
    /// has none.
    std::vector<std::int64_t> timestamps;
    Ratio time_base{0, 1};
  };

  /// @param threads Number of frames that are decoded at the same time. Each thread delays the
  ///   output by one frame.
  FrameDecoder(const FrameLayout& layout, int threads, PictureLimit limit);
  ~FrameDecoder();
  FrameDecoder(const FrameDecoder&) = delete;
  FrameDecoder& operator=(const FrameDecoder&) = delete;

  /// Keeps the packets' owner until they are decoded.
  ///
  /// @throws MediaError too_large; state after finish().
  void push(VideoPackets packets);
  const FrameLayout& layout() const noexcept { return layout_; }
  /// Call this after the last packets.
  void finish() noexcept { finished_ = true; }

  /// Writes pictures of one stream, one after the other, until the next picture does not fit into
  /// `target` or the stream ends.
  ///
  /// @throws MediaError media when there is no decoder for the codec or a packet is damaged;
  ///   too_large; interrupted. After such an error the decoder cannot be used.
  Read read(std::span<std::uint8_t> target, const Interrupt& interrupt);
  /// Continues a read that began with an empty `read`, until the slice is over. True once the read
  /// is complete. Writes into `rest`, and sets `rest` to the remaining room.
  bool read_on(Read& read, std::span<std::uint8_t>& rest, const Interrupt& interrupt,
               TimeSlice slice);

 private:
  enum class Step { frame, next_stream, needs_packets, ended, paused };

  /// Decodes the next wanted picture into frame_, where the picture stays until it is written.
  Step advance(bool may_start_stream, const Interrupt& interrupt, TimeSlice slice);
  void start(const VideoPackets& packets);
  /// Gives the codec one packet, or the end of the stream; false when there is no packet.
  bool feed();
  bool wanted(const AVFrame& frame) const;

  FrameLayout layout_;
  int threads_;
  PictureLimit limit_;
  /// Lives longer than the codec, because the codec's threads log between two reads as well.
  LogSink log_;
  FrameConverter converter_;
  std::deque<VideoPackets> queue_;
  std::size_t next_packet_ = 0;
  bool finished_ = false;
  /// The stream for which the codec was opened last.
  std::shared_ptr<const PacketIndex> stream_;
  AvPtr<AVCodecContext> codec_;
  AvPtr<AVFrame> frame_;
  bool frame_waits_ = false;
};

}  // namespace arena::video
