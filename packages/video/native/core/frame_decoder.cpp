#include "frame_decoder.hpp"

#include <string>

#include "av_error.hpp"

namespace arena::video {

FrameDecoder::FrameDecoder(const FrameLayout& layout, int threads, PictureLimit limit)
    : layout_(layout),
      threads_(threads),
      limit_(limit),
      // The failure of a packet shows after one more packet for each thread was sent.
      log_(threads + 1),
      converter_(layout),
      frame_(own(av_frame_alloc())) {
  check_frame_layout(layout);
}

FrameDecoder::~FrameDecoder() = default;

void FrameDecoder::push(VideoPackets packets) {
  if (finished_) {
    throw MediaError(MediaErrorKind::state,
                     "decoder: no packets can follow finish(). Use another decoder.");
  }
  const StreamRecord& stream = packets.index().stream;
  limit_.check(stream.width, stream.height, "decode");
  if (packets.size() > 0) queue_.push_back(std::move(packets));
}

void FrameDecoder::start(const VideoPackets& packets) {
  codec_.reset();
  const auto codec_id = static_cast<AVCodecID>(packets.index().stream.codec_id);
  const AVCodec* decoder = avcodec_find_decoder(codec_id);
  if (decoder == nullptr) {
    throw MediaError(MediaErrorKind::media, std::string("decode: this libav has no decoder for ") +
                                                avcodec_get_name(codec_id));
  }
  codec_ = own(avcodec_alloc_context3(decoder));
  const auto parameters = codec_parameters(packets.index());
  check_av(avcodec_parameters_to_context(codec_.get(), parameters.get()), "decode: parameters");
  const Ratio& base = packets.index().stream.time_base;
  codec_->pkt_timebase = {base.num, base.den};
  codec_->thread_count = threads_;
  // The decoder's threads work with copies of the context, which have the same pointer.
  codec_->opaque = &log_;
  codec_->max_pixels = limit_.max_pixels();
  check_av(avcodec_open2(codec_.get(), decoder, nullptr), "decode: open");
  stream_ = packets.shared_index();
}

bool FrameDecoder::feed() {
  while (!queue_.empty() && next_packet_ == queue_.front().size()) {
    queue_.pop_front();
    next_packet_ = 0;
  }
  if (queue_.empty() && !finished_) return false;
  const bool continues = !queue_.empty() && same_stream(*stream_, queue_.front().index());
  if (!continues) {
    check_av(avcodec_send_packet(codec_.get(), nullptr), "decode: end");
    return true;
  }
  const auto packet = queue_.front().av_packet(next_packet_++);
  log_.step();
  check_av(avcodec_send_packet(codec_.get(), packet.get()), "decode: damaged packet");
  return true;
}

bool FrameDecoder::wanted(const AVFrame& frame) const {
  const StreamRecord& stream = stream_->stream;
  if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return true;
  const double seconds = static_cast<double>(frame.best_effort_timestamp) * stream.time_base.num /
                         stream.time_base.den;
  return seconds >= stream.window_start && seconds < stream.window_end;
}

FrameDecoder::Step FrameDecoder::advance(bool may_start_stream, const Interrupt& interrupt,
                                         TimeSlice slice) {
  while (!frame_waits_) {
    interrupt.check();
    if (!codec_) {
      if (queue_.empty()) return finished_ ? Step::ended : Step::needs_packets;
      if (!may_start_stream) return Step::next_stream;
      start(queue_.front());
    }
    const int received = avcodec_receive_frame(codec_.get(), frame_.get());
    if (received == AVERROR(EAGAIN)) {
      if (!feed()) return Step::needs_packets;
    } else if (received == AVERROR_EOF) {
      codec_.reset();
    } else {
      check_av(received, "decode");
      frame_waits_ = wanted(*frame_);
    }
    if (!frame_waits_ && slice.over()) return Step::paused;
  }
  return Step::frame;
}

FrameDecoder::Read FrameDecoder::read(std::span<std::uint8_t> target, const Interrupt& interrupt) {
  Read read;
  read_on(read, target, interrupt, TimeSlice::endless());
  return read;
}

bool FrameDecoder::read_on(Read& read, std::span<std::uint8_t>& rest, const Interrupt& interrupt,
                           TimeSlice slice) {
  const LogScope log(log_);
  const std::uint64_t frame_bytes = layout_.byte_length();
  for (;;) {
    const Step step = advance(read.timestamps.empty(), interrupt, slice);
    if (step == Step::paused) return false;
    if (step == Step::next_stream) read.state = State::next_stream;
    if (step == Step::ended) read.state = State::ended;
    if (step == Step::needs_packets) read.state = State::needs_packets;
    if (step != Step::frame || rest.size() < frame_bytes) return true;
    converter_.convert(*frame_, rest.first(frame_bytes));
    frame_waits_ = false;
    read.timestamps.push_back(frame_->best_effort_timestamp);
    read.time_base = stream_->stream.time_base;
    rest = rest.subspan(frame_bytes);
    if (slice.over()) return false;
  }
}

}  // namespace arena::video
