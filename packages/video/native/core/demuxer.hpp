#pragma once

#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "stream_reader.hpp"
#include "time_slice.hpp"
#include "video_packets.hpp"

namespace arena::video {

struct DemuxOptions {
  /// The stream's index in the container; the best video stream when absent.
  std::optional<int> stream = std::nullopt;
  /// Seconds in the container's timestamps. Frames within [window_start, window_end) are wanted.
  double window_start = -std::numeric_limits<double>::infinity();
  double window_end = std::numeric_limits<double>::infinity();
  std::int64_t max_pixels = PictureLimit::kMost;
  /// Largest number of bytes of a packed batch.
  std::uint64_t max_batch_bytes = std::numeric_limits<std::uint64_t>::max();
};

/// Reads the packets of one video stream in batches that begin with a keyframe.
///
/// Make one call at a time. Any thread may fire the interrupt during a call; from then on every
/// call throws interrupted. After another failure of gather(), gather() throws the same error
/// again.
class Demuxer {
 public:
  /// @throws MediaError as StreamReader does; media when a window is given and the source has no
  ///   timestamps.
  Demuxer(std::unique_ptr<ByteSource> source, const DemuxOptions& options,
          std::shared_ptr<Interrupt> interrupt);

  /// Gathers the next batch: whole groups of pictures, until the batch has `min_packets` packets or
  /// more. Does nothing while a gathered batch was not taken. Returns the size of the packed batch
  /// in bytes; nothing at the end of the stream.
  ///
  /// @throws MediaError media when the source is damaged or ends too early; too_large.
  std::optional<std::uint64_t> gather(std::size_t min_packets);
  /// Gathers on until the slice is over. True once gathered() returns the result.
  bool gather_on(std::size_t min_packets, TimeSlice slice);
  /// Size of the packed batch in bytes; nothing without a gathered batch.
  std::optional<std::uint64_t> gathered() const noexcept;

  /// Takes the gathered batch.
  ///
  /// @throws MediaError state when no batch is gathered.
  VideoPackets take();

  /// Packs the gathered batch into `target`, and returns the number of bytes. When `target` is too
  /// small, the batch stays gathered.
  ///
  /// @throws MediaError state when nothing is gathered; argument when `target` is too small.
  std::uint64_t take_into(std::span<std::uint8_t> target);

  /// An empty run of the stream.
  VideoPackets empty_run() const;

 private:
  /// Finds the group of pictures in which the window begins, and makes it the start of the first
  /// batch.
  void enter_window();
  void begin_anew();
  bool seek(std::int64_t timestamp);
  /// Reads up to the last keyframe at or before the window; false when the first keyframe comes
  /// after it.
  bool read_to_window();
  double seconds_of(const AVPacket& packet) const;
  bool starts_in_time(const AVPacket& keyframe) const;
  bool past_window(const AVPacket& packet) const;
  void drop_group_before_window();
  AvPtr<AVPacket> read_packet();
  /// Appends groups of pictures until the batch has `min_packets` or the slice is over; true once
  /// the batch is complete, or the stream has ended.
  bool append_groups(std::size_t min_packets, TimeSlice slice);
  /// Appends one group of pictures to an empty batch; false at the end of the stream.
  bool append_group();
  [[noreturn]] void throw_batch_too_large() const;
  void append(AvPtr<AVPacket> packet);
  void clear_batch();
  void check_keyframe_seen() const;
  std::uint64_t batch_length() const noexcept;
  void require_gathered() const;

  DemuxOptions options_;
  std::shared_ptr<Interrupt> interrupt_;
  StreamReader reader_;
  /// The stream, with the window.
  PacketIndex stream_;
  /// The keyframe that ended the group before.
  AvPtr<AVPacket> ahead_;
  std::vector<AvPtr<AVPacket>> batch_;
  /// Size of the packed packets of the batch.
  std::uint64_t batch_bytes_ = 0;
  bool gathered_ = false;
  bool ended_ = false;
  std::uint64_t packets_read_ = 0;
  bool keyframe_seen_ = false;
  /// The failure of gather(). The packets read before are lost, so no batch can follow.
  std::exception_ptr failure_;
};

/// Throws MediaError state.
[[noreturn]] void throw_nothing_gathered();

}  // namespace arena::video
