#include "video_data.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "av_error.hpp"
#include "av_log.hpp"
#include "av_ptr.hpp"

namespace arena::video {
namespace {

constexpr int kFramesPerSecond = 30;
constexpr std::int64_t kMinKilobits = 64;
/// x264 counts bits a second, and twice that, in 32-bit numbers.
constexpr std::int64_t kMaxKilobits = 1'000'000;
constexpr int kMuxBufferBytes = 64 * 1024;

/// A growing file in memory, for a muxer that goes back to write lengths.
class MemoryFile {
 public:
  explicit MemoryFile(std::size_t expected) {
    bytes_.reserve(expected);
    auto* buffer = static_cast<unsigned char*>(av_malloc(kMuxBufferBytes));
    context_ = avio_alloc_context(buffer, kMuxBufferBytes, 1, this, nullptr, &write, &seek);
    if (buffer == nullptr || context_ == nullptr) throw_av_error(AVERROR(ENOMEM), "encode");
  }
  ~MemoryFile() {
    av_freep(&context_->buffer);
    avio_context_free(&context_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  AVIOContext* context() const noexcept { return context_; }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  static int write(void* self, WrittenBytes from, int length) {
    auto& file = *static_cast<MemoryFile*>(self);
    const auto end = file.position_ + static_cast<std::size_t>(length);
    try {
      if (end > file.bytes_.size()) file.bytes_.resize(end);
    } catch (const std::bad_alloc&) {
      return AVERROR(ENOMEM);
    }
    std::memcpy(file.bytes_.data() + file.position_, from, static_cast<std::size_t>(length));
    file.position_ = end;
    return length;
  }
  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto& file = *static_cast<MemoryFile*>(self);
    const auto size = static_cast<std::int64_t>(file.bytes_.size());
    if ((whence & AVSEEK_SIZE) != 0) return size;
    if (whence != SEEK_SET || offset < 0 || offset > size) return AVERROR(EINVAL);
    file.position_ = static_cast<std::size_t>(offset);
    return offset;
  }

  std::vector<std::uint8_t> bytes_;
  std::size_t position_ = 0;
  AVIOContext* context_ = nullptr;
};

struct OutputDeleter {
  void operator()(AVFormatContext* context) const noexcept { avformat_free_context(context); }
};
using OutputPtr = std::unique_ptr<AVFormatContext, OutputDeleter>;

std::int64_t kilobits_per_second(const VideoDataOptions& options) {
  const double kilobits =
      static_cast<double>(options.target_bytes) * 8 / options.duration_seconds / 1000;
  if (!(kilobits <= static_cast<double>(kMaxKilobits))) {
    throw MediaError(MediaErrorKind::argument,
                     std::to_string(options.target_bytes) + " bytes in " +
                         std::to_string(options.duration_seconds) +
                         " seconds are more than the encoder's 1000000 kbit/s. Make it longer.");
  }
  return std::max<std::int64_t>(kMinKilobits, std::llround(kilobits));
}

AvPtr<AVCodecContext> open_encoder(const VideoDataOptions& options, bool global_header) {
  const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
  if (encoder == nullptr) {
    throw MediaError(MediaErrorKind::media, "encode: this libav has no libx264 encoder");
  }
  auto codec = own(avcodec_alloc_context3(encoder));
  const std::int64_t kilobits = kilobits_per_second(options);
  codec->width = options.width;
  codec->height = options.height;
  codec->pix_fmt = AV_PIX_FMT_YUV420P;
  codec->time_base = {1, kFramesPerSecond};
  codec->framerate = {kFramesPerSecond, 1};
  codec->gop_size = kFramesPerSecond;
  codec->max_b_frames = 0;
  codec->thread_count = 2;
  codec->bit_rate = kilobits * 1000;
  codec->rc_max_rate = codec->bit_rate;
  // The buffer holds two pictures. So the rate is constant from the first pictures on, and not only
  // after a second of pictures has filled the buffer.
  codec->rc_buffer_size = static_cast<int>(codec->bit_rate * 2 / kFramesPerSecond);
  if (global_header) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_opt_set(codec->priv_data, "preset", "ultrafast", 0);
  // No look-ahead: it would hold dozens of pictures.
  av_opt_set(codec->priv_data, "tune", "zerolatency", 0);
  av_opt_set(codec->priv_data, "nal-hrd", "cbr", 0);
  check_av(avcodec_open2(codec.get(), encoder, nullptr), "encode: open");
  return codec;
}

/// A picture of little detail, so that encoding it takes little time.
AvPtr<AVFrame> make_picture(const AVCodecContext& codec) {
  auto frame = own(av_frame_alloc());
  frame->format = codec.pix_fmt;
  frame->width = codec.width;
  frame->height = codec.height;
  check_av(av_frame_get_buffer(frame.get(), 0), "encode: picture");
  for (int plane = 0; plane < 3; ++plane) {
    const int rows = plane == 0 ? codec.height : (codec.height + 1) / 2;
    const int value = plane == 0 ? 16 : 128;
    std::memset(frame->data[plane], value, static_cast<std::size_t>(frame->linesize[plane] * rows));
  }
  return frame;
}

void drain(AVCodecContext* codec, AVFormatContext* output, AVStream* stream, AVPacket* packet) {
  for (;;) {
    const int result = avcodec_receive_packet(codec, packet);
    if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return;
    check_av(result, "encode");
    av_packet_rescale_ts(packet, codec->time_base, stream->time_base);
    packet->duration = av_rescale_q(1, codec->time_base, stream->time_base);
    packet->stream_index = stream->index;
    check_av(av_write_frame(output, packet), "encode: write");
    av_packet_unref(packet);
  }
}

OutputPtr open_output(AVIOContext* file) {
  AVFormatContext* output = nullptr;
  check_av(avformat_alloc_output_context2(&output, nullptr, "mp4", nullptr), "encode: mp4");
  output->pb = file;
  return OutputPtr(output);
}

}  // namespace

std::vector<std::uint8_t> create_video_data(const VideoDataOptions& options,
                                            const Interrupt& interrupt) {
  const LogScope log;
  MemoryFile file(options.target_bytes + options.target_bytes / 16 + kMuxBufferBytes);
  const auto output = open_output(file.context());
  const auto codec = open_encoder(options, (output->oformat->flags & AVFMT_GLOBALHEADER) != 0);
  AVStream* stream = avformat_new_stream(output.get(), nullptr);
  if (stream == nullptr) throw_av_error(AVERROR(ENOMEM), "encode");
  check_av(avcodec_parameters_from_context(stream->codecpar, codec.get()), "encode: parameters");
  stream->time_base = codec->time_base;
  stream->avg_frame_rate = codec->framerate;
  check_av(avformat_write_header(output.get(), nullptr), "encode: header");

  const auto frames =
      std::max<std::int64_t>(1, std::llround(options.duration_seconds * kFramesPerSecond));
  const auto frame = make_picture(*codec);
  const auto packet = own(av_packet_alloc());
  for (std::int64_t i = 0; i < frames; ++i) {
    interrupt.check();
    frame->pts = i;
    check_av(avcodec_send_frame(codec.get(), frame.get()), "encode");
    drain(codec.get(), output.get(), stream, packet.get());
  }
  check_av(avcodec_send_frame(codec.get(), nullptr), "encode: end");
  drain(codec.get(), output.get(), stream, packet.get());
  check_av(av_write_trailer(output.get()), "encode: trailer");
  avio_flush(file.context());
  return file.take();
}

}  // namespace arena::video
