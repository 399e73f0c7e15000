#include "demuxer.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "av_log.hpp"

namespace arena::video {
namespace {

bool is_keyframe(const AVPacket& packet) noexcept { return (packet.flags & AV_PKT_FLAG_KEY) != 0; }

/// The bytes that a packet takes in a packed block: payload and description.
std::uint64_t packed_bytes(const AVPacket& packet) noexcept {
  std::uint64_t bytes = padded(static_cast<std::uint64_t>(packet.size)) + sizeof(PacketRecord);
  for (int i = 0; i < packet.side_data_elems; ++i) {
    bytes += sizeof(SideDataRecord) + packet.side_data[i].size;
  }
  return bytes;
}

}  // namespace

Demuxer::Demuxer(std::unique_ptr<ByteSource> source, const DemuxOptions& options,
                 std::shared_ptr<Interrupt> interrupt)
    : options_(options),
      interrupt_(std::move(interrupt)),
      reader_(std::move(source), options.stream, PictureLimit(options.max_pixels), interrupt_) {
  const LogScope log;
  stream_ = reader_.stream();
  stream_.stream.window_start = options_.window_start;
  stream_.stream.window_end = options_.window_end;
  if (std::isfinite(options_.window_start)) enter_window();
}

void Demuxer::enter_window() {
  const StreamRecord& stream = stream_.stream;
  const double start = options_.window_start * stream.time_base.den / stream.time_base.num;
  bool entered = false;
  if (std::abs(start) < 0x1p62 && seek(static_cast<std::int64_t>(std::floor(start)))) {
    entered = read_to_window();
    // Containers seek by decoding time, so the found keyframe may be shown after the start of the
    // window.
    if (!entered && !batch_.empty() && batch_.front()->dts != AV_NOPTS_VALUE &&
        seek(batch_.front()->dts - 1)) {
      entered = read_to_window();
    }
  }
  if (!entered) {
    begin_anew();
    read_to_window();
  }
  if (ended_) drop_group_before_window();
}

void Demuxer::begin_anew() {
  clear_batch();
  ahead_.reset();
  ended_ = false;
  reader_.rewind();
}

bool Demuxer::seek(std::int64_t timestamp) {
  clear_batch();
  ahead_.reset();
  ended_ = false;
  return reader_.seek(timestamp);
}

bool Demuxer::read_to_window() {
  if (!append_group()) return false;
  while (ahead_ && starts_in_time(*ahead_)) {
    clear_batch();
    append_group();
  }
  return starts_in_time(*batch_.front());
}

double Demuxer::seconds_of(const AVPacket& packet) const {
  const std::int64_t time = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
  if (time == AV_NOPTS_VALUE) {
    throw MediaError(MediaErrorKind::media,
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
  // A later packet is never shown before its decoding time.
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
  clear_batch();
}

AvPtr<AVPacket> Demuxer::read_packet() {
  if (ended_) return nullptr;
  auto packet = reader_.read();
  if (packet) ++packets_read_;
  if (packet && !past_window(*packet)) return packet;
  ended_ = true;
  return nullptr;
}

bool Demuxer::append_groups(std::size_t min_packets, TimeSlice slice) {
  do {
    auto packet = ahead_ ? std::move(ahead_) : read_packet();
    if (!packet) return true;
    if (is_keyframe(*packet)) {
      keyframe_seen_ = true;
      if (batch_.size() >= min_packets) {
        ahead_ = std::move(packet);
        return true;
      }
    }
    // Nothing can be decoded before the first keyframe.
    if (!batch_.empty() || is_keyframe(*packet)) append(std::move(packet));
  } while (!slice.over());
  return false;
}

bool Demuxer::append_group() {
  append_groups(1, TimeSlice::endless());
  return !batch_.empty();
}

void Demuxer::throw_batch_too_large() const {
  const auto is_start = [](const auto& packet) { return is_keyframe(*packet); };
  // A batch holds at least one keyframe, and all packets up to the next keyframe.
  const bool divisible = std::count_if(batch_.begin(), batch_.end(), is_start) > 1;
  throw MediaError(MediaErrorKind::too_large,
                   "demux: a batch of " + std::to_string(batch_.size()) + " packets takes " +
                       std::to_string(batch_length()) + " bytes, more than maxBatchBytes, " +
                       std::to_string(options_.max_batch_bytes) + ", and is not complete. " +
                       (divisible ? "Read in smaller batches (demuxStream, a lower minPackets), "
                                    "or raise maxBatchBytes."
                                  : "It has one keyframe and cannot be smaller. "
                                    "Raise maxBatchBytes."));
}

void Demuxer::append(AvPtr<AVPacket> packet) {
  batch_bytes_ += packed_bytes(*packet);
  batch_.push_back(std::move(packet));
  if (batch_length() <= options_.max_batch_bytes) return;
  throw_batch_too_large();
}

void Demuxer::clear_batch() {
  batch_.clear();
  batch_bytes_ = 0;
}

std::uint64_t Demuxer::batch_length() const noexcept {
  return sizeof(BlockHeader) + stream_.metadata_length() + batch_bytes_;
}

std::optional<std::uint64_t> Demuxer::gather(std::size_t min_packets) {
  gather_on(min_packets, TimeSlice::endless());
  return gathered();
}

bool Demuxer::gather_on(std::size_t min_packets, TimeSlice slice) {
  if (failure_) std::rethrow_exception(failure_);
  try {
    const LogScope log;
    interrupt_->check();
    if (gathered_) return true;
    if (!append_groups(min_packets, slice)) return false;
    gathered_ = !batch_.empty();
    if (!gathered_) check_keyframe_seen();
    return true;
  } catch (...) {
    failure_ = std::current_exception();
    throw;
  }
}

std::optional<std::uint64_t> Demuxer::gathered() const noexcept {
  if (!gathered_) return std::nullopt;
  return batch_length();
}

void Demuxer::check_keyframe_seen() const {
  if (keyframe_seen_ || std::isfinite(options_.window_end)) return;
  throw MediaError(MediaErrorKind::media, "demux: there is no keyframe among the " +
                                              std::to_string(packets_read_) +
                                              " packets of the stream.");
}

void throw_nothing_gathered() {
  throw MediaError(MediaErrorKind::state,
                   "demuxer: nothing is gathered. Await gather() before each take() or takeInto(); "
                   "null from gather() is the end of the stream.");
}

void Demuxer::require_gathered() const {
  if (!gathered_) throw_nothing_gathered();
}

VideoPackets Demuxer::take() {
  require_gathered();
  VideoPackets packets = VideoPackets::from_av(stream_, batch_);
  clear_batch();
  gathered_ = false;
  return packets;
}

std::uint64_t Demuxer::take_into(std::span<std::uint8_t> target) {
  require_gathered();
  const std::uint64_t length = VideoPackets::pack_av(stream_, batch_, target);
  clear_batch();
  gathered_ = false;
  return length;
}

VideoPackets Demuxer::empty_run() const { return VideoPackets::from_av(stream_, {}); }

}  // namespace arena::video
