#include "stream_reader.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "av_error.hpp"
#include "av_log.hpp"
#include "matroska_length.hpp"

namespace arena::video {
namespace {

constexpr char kDemux[] = "demux";

int refuse_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EPERM);
}

int interrupted(void* flag) { return static_cast<Interrupt*>(flag)->fired() ? 1 : 0; }

/// Recognizes the format by the bytes alone, because a file name could select any demuxer.
InputFormat* probe(AVIOContext* source) {
  InputFormat* input = nullptr;
  check_av(av_probe_input_buffer2(source, &input, "source", nullptr, 0, 0),
           "demux: not a media file");
  // These demuxers cannot open other files here, and would wait for them.
  if (av_match_name(input->name, "hls,dash,concat,sdp,imf")) {
    throw MediaError(MediaErrorKind::media,
                     std::string("demux: the source lists other sources and holds no media (") +
                         input->long_name + "). Pass one that it lists.");
  }
  return input;
}

void check_known(const AVCodecParameters& codec) {
  if (codec.codec_id != AV_CODEC_ID_NONE) return;
  char tag[AV_FOURCC_MAX_STRING_SIZE] = {};
  av_fourcc_make_string(tag, codec.codec_tag);
  throw MediaError(MediaErrorKind::media,
                   std::string("demux: this libav does not know the codec of the video, ") + tag);
}

std::string video_streams(const AVFormatContext& format) {
  std::string list;
  for (unsigned i = 0; i < format.nb_streams; ++i) {
    if (format.streams[i]->codecpar->codec_type != AVMEDIA_TYPE_VIDEO) continue;
    list += (list.empty() ? "" : ", ") + std::to_string(i);
  }
  return list.empty() ? "none" : list;
}

[[noreturn]] void throw_no_video(const AVFormatContext& format) {
  const bool audio = av_find_best_stream(const_cast<AVFormatContext*>(&format), AVMEDIA_TYPE_AUDIO,
                                         -1, -1, nullptr, 0) >= 0;
  throw MediaError(MediaErrorKind::media,
                   std::string("demux: the source has no video stream") +
                       (audio ? ", only audio. This package reads video; for audio use the ffmpeg "
                                "command, or a package for audio."
                              : "."));
}

/// The options of one codec for each stream, for avformat_find_stream_info.
class CodecOptions {
 public:
  explicit CodecOptions(unsigned streams) : options_(streams) {}
  ~CodecOptions() {
    for (AVDictionary*& option : options_) av_dict_free(&option);
  }
  CodecOptions(const CodecOptions&) = delete;
  CodecOptions& operator=(const CodecOptions&) = delete;
  void set(const char* name, std::int64_t value) {
    for (AVDictionary*& option : options_) {
      check_av(av_dict_set_int(&option, name, value, 0), kDemux);
    }
  }
  AVDictionary** data() noexcept { return options_.data(); }

 private:
  std::vector<AVDictionary*> options_;
};

}  // namespace

StreamReader::StreamReader(std::unique_ptr<ByteSource> source, std::optional<int> stream,
                           PictureLimit limit, std::shared_ptr<Interrupt> interrupt)
    : wanted_stream_(stream),
      limit_(limit),
      interrupt_(std::move(interrupt)),
      reader_(std::move(source), interrupt_) {
  const LogScope log;
  open();
}

void StreamReader::open() {
  open_format();
  find_stream_info();
  interrupt_->check();
  source_stream_ = select_stream();
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    AVStream* stream = format_->streams[i];
    stream->discard = stream == source_stream_ ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  check_known(*source_stream_->codecpar);
  stream_ = index_of_stream(*source_stream_);
  try {
    check_stream(stream_.stream);
  } catch (const MediaError& error) {
    throw MediaError(MediaErrorKind::media, std::string("demux: ") + error.what());
  }
}

void StreamReader::open_format() {
  InputFormat* input = probe(reader_.context());
  AVFormatContext* format = avformat_alloc_context();
  if (format == nullptr) throw_av_error(AVERROR(ENOMEM), kDemux);
  format->pb = reader_.context();
  format->flags |= AVFMT_FLAG_CUSTOM_IO;
  format->interrupt_callback = {interrupted, interrupt_.get()};
  // Playlists and reference movies name other files and addresses. An untrusted source must open no
  // other file. Some demuxers call io_open. Others open contexts of their own, which inherit only
  // the list of protocols.
  format->io_open = refuse_open;
  format->protocol_whitelist = av_strdup("none");
  if (format->protocol_whitelist == nullptr) {
    avformat_free_context(format);
    throw_av_error(AVERROR(ENOMEM), kDemux);
  }
  // Frees the context when it fails.
  check_av(avformat_open_input(&format, "source", input, nullptr), "demux: not a media file");
  format_.reset(format);
}

/// libav decodes pictures of every stream here, to find values that the container lacks.
void StreamReader::find_stream_info() {
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    const AVCodecParameters& codec = *format_->streams[i]->codecpar;
    limit_.check(codec.width, codec.height, kDemux);
  }
  CodecOptions options(format_->nb_streams);
  options.set("max_pixels", limit_.max_pixels());
  check_av(avformat_find_stream_info(format_.get(), options.data()),
           "demux: no stream information");
}

AVStream* StreamReader::select_stream() const {
  AVFormatContext* format = format_.get();
  if (!wanted_stream_) {
    const int best = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (best < 0) throw_no_video(*format);
    return format->streams[best];
  }
  const int wanted = *wanted_stream_;
  const bool exists = wanted >= 0 && static_cast<unsigned>(wanted) < format->nb_streams;
  if (!exists || format->streams[wanted]->codecpar->codec_type != AVMEDIA_TYPE_VIDEO) {
    throw MediaError(
        MediaErrorKind::media,
        "demux: stream " + std::to_string(wanted) +
            " is not a video stream of the source. Video streams: " + video_streams(*format));
  }
  return format->streams[wanted];
}

AvPtr<AVPacket> StreamReader::read() {
  auto packet = own(av_packet_alloc());
  for (;;) {
    interrupt_->check();
    const int result = av_read_frame(format_.get(), packet.get());
    if (result == AVERROR_EOF) {
      interrupt_->check();
      // Many demuxers treat a read error as the end.
      if (reader_.context()->error < 0) throw_av_error(reader_.context()->error, "demux: read");
      check_complete();
      return nullptr;
    }
    if (result == AVERROR(EAGAIN)) continue;
    check_av(result, "demux: the source is damaged or cut short");
    if (packet->stream_index == source_stream_->index && packet->size > 0) return packet;
    av_packet_unref(packet.get());
  }
}

bool StreamReader::seek(std::int64_t timestamp) {
  return av_seek_frame(format_.get(), source_stream_->index, timestamp, AVSEEK_FLAG_BACKWARD) >= 0;
}

void StreamReader::rewind() {
  format_.reset();
  check_av(static_cast<int>(std::min<std::int64_t>(0, avio_seek(reader_.context(), 0, SEEK_SET))),
           "demux: rewind");
  open();
}

void StreamReader::check_complete() const {
  if (matroska_end(reader_.source()).value_or(0) > reader_.size()) {
    throw MediaError(MediaErrorKind::media,
                     "demux: the source is cut short: by its own account it goes beyond its " +
                         std::to_string(reader_.size()) + " bytes");
  }
  const int entries = index_entries(source_stream_);
  for (int i = 0; i < entries; ++i) {
    const AVIndexEntry& entry = index_entry(source_stream_, i);
    if (entry.pos <= reader_.size() && entry.size <= reader_.size() - entry.pos) continue;
    throw MediaError(MediaErrorKind::media,
                     "demux: the source is cut short: its index goes beyond its " +
                         std::to_string(reader_.size()) + " bytes");
  }
}

}  // namespace arena::video
