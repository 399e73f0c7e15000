#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "byte_source.hpp"
#include "packet_index.hpp"
#include "picture_limit.hpp"

namespace arena::video {

/// Reads the packets of one video stream of a source, one by one.
class StreamReader {
 public:
  /// @param stream The stream's index in the container; the best video stream without one.
  /// @throws MediaError media when the source is no media file or has no such video stream;
  ///   too_large.
  StreamReader(std::unique_ptr<ByteSource> source, std::optional<int> stream, PictureLimit limit,
               std::shared_ptr<Interrupt> interrupt);

  /// The description of the stream, without packets.
  const PacketIndex& stream() const noexcept { return stream_; }

  /// The next packet; null at the end.
  ///
  /// @throws MediaError media when the source is damaged or ends too early; interrupted.
  AvPtr<AVPacket> read();

  /// Goes to a keyframe whose timestamp is `timestamp` or less; false when the source cannot seek.
  bool seek(std::int64_t timestamp);
  /// Begins anew.
  void rewind();

 private:
  struct FormatDeleter {
    void operator()(AVFormatContext* context) const noexcept { avformat_close_input(&context); }
  };

  void open();
  void open_format();
  void find_stream_info();
  AVStream* select_stream() const;
  /// Demuxers treat the end of a file as the end of the stream. The file's index shows whether
  /// packets are missing.
  void check_complete() const;

  std::optional<int> wanted_stream_;
  PictureLimit limit_;
  std::shared_ptr<Interrupt> interrupt_;
  AvioReader reader_;
  std::unique_ptr<AVFormatContext, FormatDeleter> format_;
  AVStream* source_stream_ = nullptr;
  PacketIndex stream_;
};

}  // namespace arena::video
