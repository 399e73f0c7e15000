#include "packets_wrap.hpp"

#include <cstring>

#include "instance.hpp"
#include "media_values.hpp"

namespace arena::video {

using binding::Call;
using binding::check;
using binding::List;
using binding::method;
using binding::Object;
using binding::to_u32;

/// The arguments that make() passes to the constructor.
struct PacketsWrap::Made {
  VideoPackets packets;
  std::uint64_t private_bytes;
};

namespace {

/// unpack(bytes, onRelease?) => Packets
napi_value unpack(const Call& call) {
  ReleaseQueue& releases = *instance(call.env).releases;
  auto owner = releases.hold(call.env, call[0], call[1]);
  try {
    return PacketsWrap::make(call.env,
                             VideoPackets::unpack(bytes_of(call.env, call[0]), std::move(owner)));
  } catch (const MediaError&) {
    releases.drain(call.env);
    throw;
  }
}

/// concat(list of Packets) => Packets
napi_value concat(const Call& call) {
  std::uint32_t length = 0;
  check(napi_get_array_length(call.env, call[0], &length));
  std::vector<VideoPackets> parts;
  for (std::uint32_t i = 0; i < length; ++i) {
    napi_value part = nullptr;
    check(napi_get_element(call.env, call[0], i, &part));
    parts.push_back(PacketsWrap::of(call.env, part));
  }
  return PacketsWrap::make_private(call.env, VideoPackets::concat(parts));
}

}  // namespace

napi_value PacketsWrap::define(napi_env env) {
  using W = PacketsWrap;
  const napi_value defined = binding::define_class<W>(
      env, "Packets",
      {method<&W::describe>("describe"), method<&W::extradata>("extradata"),
       method<&W::record>("record"), method<&W::keyframes>("keyframes"),
       method<&W::side_data>("sideData"), method<&W::slice>("slice"),
       method<&W::copy_payload>("copyPayload"), method<&W::pack_into>("packInto"),
       method<&W::dispose>("dispose")});
  binding::export_function<unpack>(env, defined, "unpack");
  binding::export_function<concat>(env, defined, "concat");
  instance(env).packets = binding::Reference::strong(env, defined);
  return defined;
}

PacketsWrap::PacketsWrap(const Call& call) : env_(call.env) {
  napi_valuetype type = napi_undefined;
  check(napi_typeof(env_, call[0], &type));
  if (type != napi_external) return;
  void* data = nullptr;
  check(napi_get_value_external(env_, call[0], &data));
  auto& made = *static_cast<Made*>(data);
  value_ = std::move(made.packets);
  private_bytes_ = static_cast<std::int64_t>(made.private_bytes);
  std::int64_t ignored = 0;
  napi_adjust_external_memory(env_, private_bytes_, &ignored);
}

PacketsWrap::~PacketsWrap() { drop(); }

void PacketsWrap::drop() noexcept {
  value_.reset();
  std::int64_t ignored = 0;
  if (private_bytes_ > 0) napi_adjust_external_memory(env_, -private_bytes_, &ignored);
  private_bytes_ = 0;
}

napi_value PacketsWrap::make(napi_env env, Made made) {
  napi_value external = nullptr;
  check(napi_create_external(env, &made, nullptr, nullptr, &external));
  return binding::make_instance(env, instance(env).packets.value(), {external});
}

napi_value PacketsWrap::make(napi_env env, VideoPackets packets) {
  return make(env, {std::move(packets), 0});
}

napi_value PacketsWrap::make_private(napi_env env, VideoPackets packets) {
  const std::uint64_t bytes = packets.index().payload_length();
  return make(env, {std::move(packets), bytes});
}

const VideoPackets& PacketsWrap::of(napi_env env, napi_value object) {
  return binding::unwrap<PacketsWrap>(env, object).value();
}

const VideoPackets& PacketsWrap::value() const {
  if (value_) return *value_;
  throw MediaError(MediaErrorKind::state, "video packets: released before.");
}

const PacketRecord& PacketsWrap::record_at(napi_env env, napi_value index) const {
  return value().index().packets.at(to_u32(env, index));
}

napi_value PacketsWrap::describe(const Call& call) {
  const VideoPackets& packets = value();
  const StreamRecord& stream = packets.index().stream;
  Object object(call.env);
  object.set("length", static_cast<std::uint64_t>(packets.size()));
  object.set("byteLength", packets.byte_length());
  object.set("packedByteLength", packets.packed_length());
  object.set("codec", avcodec_get_name(static_cast<AVCodecID>(stream.codec_id)));
  object.set(
      "pixelFormat",
      name_or_null(call.env, av_get_pix_fmt_name(static_cast<AVPixelFormat>(stream.pixel_format))));
  object.set("width", stream.width);
  object.set("height", stream.height);
  object.set("streamIndex", stream.stream_index);
  object.set("bitRate", static_cast<double>(stream.bit_rate));
  object.set("timeBase", ratio(call.env, stream.time_base));
  object.set("frameRate", ratio(call.env, stream.frame_rate));
  object.set("sampleAspectRatio", ratio(call.env, stream.sample_aspect_ratio));
  object.set("rotation", rotation_degrees(packets.index()));
  object.set("windowStart", stream.window_start);
  object.set("windowEnd", stream.window_end);
  return object.value();
}

napi_value PacketsWrap::extradata(const Call& call) {
  return copied_bytes(call.env, value().index().extradata());
}

napi_value PacketsWrap::record(const Call& call) {
  const PacketRecord& packet = record_at(call.env, call[0]);
  Object object(call.env);
  object.set("pts", timestamp(call.env, packet.pts));
  object.set("dts", timestamp(call.env, packet.dts));
  object.set("duration", big_int(call.env, packet.duration));
  object.set("byteLength", packet.size);
  object.set("isKeyframe", (packet.flags & AV_PKT_FLAG_KEY) != 0);
  object.set("isCorrupt", (packet.flags & AV_PKT_FLAG_CORRUPT) != 0);
  object.set("isDiscarded", (packet.flags & AV_PKT_FLAG_DISCARD) != 0);
  return object.value();
}

napi_value PacketsWrap::keyframes(const Call& call) {
  const auto& packets = value().index().packets;
  List list(call.env);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const binding::HandleScope scope(call.env);
    if ((packets[i].flags & AV_PKT_FLAG_KEY) != 0) list.add(static_cast<std::uint32_t>(i));
  }
  return list.value();
}

napi_value PacketsWrap::side_data(const Call& call) {
  const PacketIndex& index = value().index();
  const auto records = binding::is_undefined(call.env, call[0])
                           ? index.stream_side_data()
                           : index.side_data_of(record_at(call.env, call[0]));
  List list(call.env);
  for (const SideDataRecord& record : records) {
    const binding::HandleScope scope(call.env);
    const char* name = av_packet_side_data_name(static_cast<AVPacketSideDataType>(record.type));
    Object object(call.env);
    object.set("type", name == nullptr ? "unknown" : name);
    object.set("data", copied_bytes(call.env, index.bytes_of(record)));
    list.add(object.value());
  }
  return list.value();
}

napi_value PacketsWrap::slice(const Call& call) {
  return make(call.env, value().slice(to_u32(call.env, call[0]), to_u32(call.env, call[1])));
}

napi_value PacketsWrap::copy_payload(const Call& call) {
  const auto bytes = value().payload(to_u32(call.env, call[0]));
  const auto target = bytes_of(call.env, call[1]);
  if (target.size() < bytes.size()) throw binding::WrongArgument{"the target is too small"};
  std::memcpy(target.data(), bytes.data(), bytes.size());
  return nullptr;
}

napi_value PacketsWrap::pack_into(const Call& call) {
  value().pack_into(bytes_of(call.env, call[0]));
  return nullptr;
}

napi_value PacketsWrap::dispose(const Call& call) {
  drop();
  instance(call.env).releases->drain(call.env);
  return nullptr;
}

}  // namespace arena::video
