#include "demuxer.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "matroska_length.hpp"

namespace arena::video {
namespace {

int refuse_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EPERM);
}

int interrupted(void* flag) { return static_cast<Interrupt*>(flag)->fired() ? 1 : 0; }

bool is_keyframe(const AVPacket& packet) noexcept { return (packet.flags & AV_PKT_FLAG_KEY) != 0; }

/// What the bytes are, by looking at them alone: a name could lead to any demuxer.
const AVInputFormat* probe(AVIOContext* source) {
  const AVInputFormat* input = nullptr;
  check_av(av_probe_input_buffer2(source, &input, "source", nullptr, 0, 0),
           "demux: not a media file");
  // They open nothing here, as no other demuxer does, but wait for what they list to come.
  if (av_match_name(input->name, "hls,dash,concat,sdp,imf")) {
    throw MediaError(MediaErrorKind::kMedia,
                     std::string("demux: the source lists other sources and holds no media (") +
                         input->long_name + "). Pass one that it lists.");
  }
  return input;
}

void check_known(const AVCodecParameters& codec) {
  if (codec.codec_id != AV_CODEC_ID_NONE) return;
  char tag[AV_FOURCC_MAX_STRING_SIZE] = {};
  av_fourcc_make_string(tag, codec.codec_tag);
  throw MediaError(MediaErrorKind::kMedia,
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

}  // namespace

Demuxer::Demuxer(std::unique_ptr<ByteSource> source, const DemuxOptions& options,
                 std::shared_ptr<Interrupt> interrupt)
    : options_(options), interrupt_(std::move(interrupt)), reader_(std::move(source), interrupt_) {
  const LogScope log;
  open();
  if (std::isfinite(options_.window_start)) enter_window();
}

Demuxer::~Demuxer() = default;

void Demuxer::open() {
  const AVInputFormat* input = probe(reader_.context());
  AVFormatContext* format = avformat_alloc_context();
  if (format == nullptr) throw_av_error(AVERROR(ENOMEM), "demux");
  format->pb = reader_.context();
  format->flags |= AVFMT_FLAG_CUSTOM_IO;
  format->interrupt_callback = {interrupted, interrupt_.get()};
  // Playlists and reference movies name other files and addresses; a source that anybody may
  // have written opens nothing but itself. Some demuxers ask io_open, others open contexts of
  // their own, which inherit the list of protocols alone.
  format->io_open = refuse_open;
  format->protocol_whitelist = av_strdup("none");
  if (format->protocol_whitelist == nullptr) {
    avformat_free_context(format);
    throw_av_error(AVERROR(ENOMEM), "demux");
  }
  // Frees the context when it fails.
  check_av(avformat_open_input(&format, "source", input, nullptr), "demux: not a media file");
  format_.reset(format);
  check_av(avformat_find_stream_info(format, nullptr), "demux: no stream information");
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
    throw MediaError(MediaErrorKind::kMedia, std::string("demux: ") + error.what());
  }
  stream_.stream.window_start = options_.window_start;
  stream_.stream.window_end = options_.window_end;
}

AVStream* Demuxer::select_stream() const {
  AVFormatContext* format = format_.get();
  if (!options_.stream) {
    const int best = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (best < 0) throw MediaError(MediaErrorKind::kMedia, "demux: the source has no video stream");
    return format->streams[best];
  }
  const int wanted = *options_.stream;
  const bool exists = wanted >= 0 && static_cast<unsigned>(wanted) < format->nb_streams;
  if (!exists || format->streams[wanted]->codecpar->codec_type != AVMEDIA_TYPE_VIDEO) {
    throw MediaError(
        MediaErrorKind::kMedia,
        "demux: stream " + std::to_string(wanted) +
            " is not a video stream of the source. Video streams: " + video_streams(*format));
  }
  return format->streams[wanted];
}

void Demuxer::enter_window() {
  const StreamRecord& stream = stream_.stream;
  const double start = options_.window_start * stream.time_base.den / stream.time_base.num;
  bool entered = false;
  if (std::abs(start) < 0x1p62 && seek(static_cast<std::int64_t>(std::floor(start)))) {
    entered = read_to_window();
    // Containers seek by decoding time: the keyframe found may be shown after the window begins.
    if (!entered && !batch_.empty() && batch_.front()->dts != AV_NOPTS_VALUE &&
        seek(batch_.front()->dts - 1)) {
      entered = read_to_window();
    }
  }
  if (!entered) {
    rewind();
    read_to_window();
  }
  if (ended_) drop_group_before_window();
}

void Demuxer::rewind() {
  batch_.clear();
  ahead_.reset();
  ended_ = false;
  format_.reset();
  check_av(static_cast<int>(std::min<std::int64_t>(0, avio_seek(reader_.context(), 0, SEEK_SET))),
           "demux: rewind");
  open();
}

bool Demuxer::seek(std::int64_t timestamp) {
  batch_.clear();
  ahead_.reset();
  ended_ = false;
  return av_seek_frame(format_.get(), source_stream_->index, timestamp, AVSEEK_FLAG_BACKWARD) >= 0;
}

bool Demuxer::read_to_window() {
  if (!append_group()) return false;
  while (ahead_ && starts_in_time(*ahead_)) {
    batch_.clear();
    append_group();
  }
  return starts_in_time(*batch_.front());
}

double Demuxer::seconds_of(const AVPacket& packet) const {
  const std::int64_t time = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
  if (time == AV_NOPTS_VALUE) {
    throw MediaError(MediaErrorKind::kMedia,
                     "demux: the source has no timestamps, so no part of it can be told by time");
  }
  const Ratio& base = stream_.stream.time_base;
  return static_cast<double>(time) * base.num / base.den;
}

bool Demuxer::starts_in_time(const AVPacket& keyframe) const {
  return seconds_of(keyframe) <= options_.window_start;
}

bool Demuxer::past_window(const AVPacket& packet) const {
  if (!std::isfinite(options_.window_end)) return false;
  // No packet that is decoded later is shown before its decoding time.
  if (packet.dts != AV_NOPTS_VALUE) {
    const Ratio& base = stream_.stream.time_base;
    return static_cast<double>(packet.dts) * base.num / base.den >= options_.window_end;
  }
  return is_keyframe(packet) && seconds_of(packet) >= options_.window_end;
}

void Demuxer::drop_group_before_window() {
  for (const auto& packet : batch_) {
    if (seconds_of(*packet) >= options_.window_start) return;
  }
  batch_.clear();
}

AvPtr<AVPacket> Demuxer::read_packet() {
  auto packet = own(av_packet_alloc());
  while (!ended_) {
    interrupt_->check();
    const int result = av_read_frame(format_.get(), packet.get());
    if (result == AVERROR_EOF) {
      interrupt_->check();
      // Many demuxers take a read error for the end.
      if (reader_.context()->error < 0) throw_av_error(reader_.context()->error, "demux: read");
      check_complete();
      ended_ = true;
    } else if (result != AVERROR(EAGAIN)) {
      check_av(result, "demux: the source is damaged or cut short");
      if (packet->stream_index == source_stream_->index && packet->size > 0) {
        ++packets_read_;
        if (!past_window(*packet)) return packet;
        ended_ = true;
      }
      av_packet_unref(packet.get());
    }
  }
  return nullptr;
}

void Demuxer::check_complete() const {
  if (matroska_end(reader_.source()).value_or(0) > reader_.size()) {
    throw MediaError(MediaErrorKind::kMedia,
                     "demux: the source is cut short: by its own account it goes beyond its " +
                         std::to_string(reader_.size()) + " bytes");
  }
  const int entries = avformat_index_get_entries_count(source_stream_);
  for (int i = 0; i < entries; ++i) {
    const AVIndexEntry& entry = *avformat_index_get_entry(source_stream_, i);
    if (entry.pos <= reader_.size() && entry.size <= reader_.size() - entry.pos) continue;
    throw MediaError(MediaErrorKind::kMedia,
                     "demux: the source is cut short: its index goes beyond its " +
                         std::to_string(reader_.size()) + " bytes");
  }
}

AvPtr<AVPacket> Demuxer::next_keyframe() {
  if (ahead_) return std::move(ahead_);
  while (auto packet = read_packet()) {
    if (is_keyframe(*packet)) {
      keyframe_seen_ = true;
      return packet;
    }
  }
  return nullptr;
}

bool Demuxer::append_group() {
  auto packet = next_keyframe();
  if (!packet) return false;
  do {
    batch_.push_back(std::move(packet));
    packet = read_packet();
  } while (packet && !is_keyframe(*packet));
  ahead_ = std::move(packet);
  return true;
}

std::optional<std::uint64_t> Demuxer::gather(std::size_t min_packets) {
  const LogScope log;
  interrupt_->check();
  while (!gathered_ && batch_.size() < min_packets) {
    if (!append_group()) break;
  }
  gathered_ = !batch_.empty();
  if (gathered_) return VideoPackets::packed_length_of_av(stream_, batch_);
  if (!keyframe_seen_ && !std::isfinite(options_.window_end)) {
    throw MediaError(MediaErrorKind::kMedia, "demux: there is no keyframe among the " +
                                                 std::to_string(packets_read_) +
                                                 " packets of the stream");
  }
  return std::nullopt;
}

VideoPackets Demuxer::take() {
  VideoPackets packets = VideoPackets::from_av(stream_, batch_);
  batch_.clear();
  gathered_ = false;
  return packets;
}

std::uint64_t Demuxer::take_into(std::span<std::uint8_t> target) {
  const std::uint64_t length = VideoPackets::pack_av(stream_, batch_, target);
  batch_.clear();
  gathered_ = false;
  return length;
}

}  // namespace arena::video
