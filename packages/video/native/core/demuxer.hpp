#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "byte_source.hpp"
#include "video_packets.hpp"

namespace arena::video {

struct DemuxOptions {
  /// The stream's index in the container; the best video stream when absent.
  std::optional<int> stream = std::nullopt;
  /// Seconds, as timestamps in the container: frames within [window_start, window_end) are wanted.
  double window_start = -std::numeric_limits<double>::infinity();
  double window_end = std::numeric_limits<double>::infinity();
};

/// Reads the packets of one video stream in batches that begin with a keyframe.
///
/// One call at a time; any thread may fire the interrupt meanwhile, after which every call throws
/// kInterrupted.
class Demuxer {
 public:
  /// @throws MediaError kMedia when the source is no media file, has no such video stream, or a
  ///   window is asked for and it has no timestamps.
  Demuxer(std::unique_ptr<ByteSource> source, const DemuxOptions& options,
          std::shared_ptr<Interrupt> interrupt);
  ~Demuxer();
  Demuxer(const Demuxer&) = delete;
  Demuxer& operator=(const Demuxer&) = delete;

  const PacketIndex& stream() const noexcept { return stream_; }

  /// Gathers the next batch: whole groups of pictures, until there are `min_packets` or more. Does
  /// nothing while a batch is waiting to be taken. Returns how many bytes it takes when packed;
  /// nothing at the end of the stream.
  ///
  /// @throws MediaError kMedia when the source is damaged or ends too early.
  std::optional<std::uint64_t> gather(std::size_t min_packets);

  /// Takes the gathered batch; without one, a value of no packets.
  VideoPackets take();

  /// Packs the gathered batch right into `target`; returns how many bytes. The batch waits on when
  /// `target` is too small (kArgument).
  std::uint64_t take_into(std::span<std::uint8_t> target);

 private:
  using Packets = std::vector<AvPtr<AVPacket>>;
  struct FormatDeleter {
    void operator()(AVFormatContext* context) const noexcept { avformat_close_input(&context); }
  };

  void open();
  AVStream* select_stream() const;
  /// Leaves the group of pictures that the window begins in as the start of the first batch.
  void enter_window();
  void rewind();
  bool seek(std::int64_t timestamp);
  /// Reads up to the last keyframe at or before the window; false when the first one is after it.
  bool read_to_window();
  double seconds_of(const AVPacket& packet) const;
  bool starts_in_time(const AVPacket& keyframe) const;
  bool past_window(const AVPacket& packet) const;
  void drop_group_before_window();
  AvPtr<AVPacket> read_packet();
  /// Demuxers take the end of a file for the end of the stream; an index tells them apart.
  void check_complete() const;
  /// The next keyframe, dropping what comes before it; null at the end.
  AvPtr<AVPacket> next_keyframe();
  /// Appends one group of pictures to the batch; false at the end of the stream.
  bool append_group();

  DemuxOptions options_;
  std::shared_ptr<Interrupt> interrupt_;
  AvioReader reader_;
  std::unique_ptr<AVFormatContext, FormatDeleter> format_;
  AVStream* source_stream_ = nullptr;
  PacketIndex stream_;
  /// The keyframe that ended the group before.
  AvPtr<AVPacket> ahead_;
  Packets batch_;
  bool gathered_ = false;
  bool ended_ = false;
  std::uint64_t packets_read_ = 0;
  bool keyframe_seen_ = false;
};

}  // namespace arena::video
