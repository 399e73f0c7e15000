#include "packets_wrap.hpp"

#include <cstring>
#include <memory>

#include "addon_state.hpp"
#include "errors.hpp"

namespace arena::video {
namespace {

Napi::Value name_or_null(Napi::Env env, const char* name) {
  return name == nullptr ? env.Null() : Napi::String::New(env, name).As<Napi::Value>();
}

Napi::Value timestamp(Napi::Env env, std::int64_t value) {
  if (value == AV_NOPTS_VALUE) return env.Null();
  return Napi::BigInt::New(env, value);
}

Napi::Object ratio(Napi::Env env, Ratio value) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("num", value.num);
  object.Set("den", value.den);
  return object;
}

}  // namespace

Napi::Function PacketsWrap::define(Napi::Env env) {
  return DefineClass(env, "Packets",
                     {
                         StaticMethod("unpack", &PacketsWrap::unpack),
                         StaticMethod("concat", &PacketsWrap::concat),
                         InstanceMethod("describe", &PacketsWrap::describe),
                         InstanceMethod("extradata", &PacketsWrap::extradata),
                         InstanceMethod("record", &PacketsWrap::record),
                         InstanceMethod("keyframes", &PacketsWrap::keyframes),
                         InstanceMethod("sideData", &PacketsWrap::side_data),
                         InstanceMethod("slice", &PacketsWrap::slice),
                         InstanceMethod("copyPayload", &PacketsWrap::copy_payload),
                         InstanceMethod("packInto", &PacketsWrap::pack_into),
                         InstanceMethod("dispose", &PacketsWrap::dispose),
                     });
}

PacketsWrap::PacketsWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  // Only make() passes one; a constructor called from JavaScript gets an empty, disposed value.
  if (info.Length() > 0 && info[0].IsExternal()) {
    value_ = std::move(*info[0].As<Napi::External<VideoPackets>>().Data());
    private_bytes_ = info[1].As<Napi::Number>().Int64Value();
    Napi::MemoryManagement::AdjustExternalMemory(info.Env(), private_bytes_);
  }
}

PacketsWrap::~PacketsWrap() { drop(); }

void PacketsWrap::drop() {
  value_.reset();
  if (private_bytes_ > 0) Napi::MemoryManagement::AdjustExternalMemory(Env(), -private_bytes_);
  private_bytes_ = 0;
}

Napi::Object PacketsWrap::make(Napi::Env env, VideoPackets packets, std::uint64_t private_bytes) {
  return AddonState::of(env).packets_class.New(
      {Napi::External<VideoPackets>::New(env, &packets),
       Napi::Number::New(env, static_cast<double>(private_bytes))});
}

Napi::Object PacketsWrap::make(Napi::Env env, VideoPackets packets) {
  return make(env, std::move(packets), 0);
}

Napi::Object PacketsWrap::make_private(Napi::Env env, VideoPackets packets) {
  const std::uint64_t bytes = packets.index().payload_length();
  return make(env, std::move(packets), bytes);
}

const VideoPackets& PacketsWrap::of(const Napi::Value& value) {
  return Unwrap(value.As<Napi::Object>())->value();
}

const VideoPackets& PacketsWrap::value() const {
  if (!value_) throw Napi::Error::New(Env(), "video packets: released");
  return *value_;
}

Napi::Value PacketsWrap::unpack(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto& releases = AddonState::of(env).releases;
  auto owner = hold_bytes(env, releases, info[0], info[1]);
  try {
    return make(env, VideoPackets::unpack(bytes_of(info[0]), std::move(owner)));
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    const Napi::Error error = to_js_error(env, std::current_exception());
    releases->drain(env);
    throw error;
  }
}

Napi::Value PacketsWrap::concat(const Napi::CallbackInfo& info) {
  const auto list = info[0].As<Napi::Array>();
  std::vector<VideoPackets> parts;
  for (std::uint32_t i = 0; i < list.Length(); ++i) parts.push_back(of(list.Get(i)));
  return translated(info.Env(),
                    [&] { return make_private(info.Env(), VideoPackets::concat(parts)); });
}

Napi::Value PacketsWrap::describe(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const VideoPackets& packets = value();
  const StreamRecord& stream = packets.index().stream;
  Napi::Object object = Napi::Object::New(env);
  object.Set("length", static_cast<double>(packets.size()));
  object.Set("byteLength", static_cast<double>(packets.byte_length()));
  object.Set("packedByteLength", static_cast<double>(packets.packed_length()));
  object.Set("codec", avcodec_get_name(static_cast<AVCodecID>(stream.codec_id)));
  object.Set(
      "pixelFormat",
      name_or_null(env, av_get_pix_fmt_name(static_cast<AVPixelFormat>(stream.pixel_format))));
  object.Set("width", stream.width);
  object.Set("height", stream.height);
  object.Set("streamIndex", stream.stream_index);
  object.Set("bitRate", static_cast<double>(stream.bit_rate));
  object.Set("timeBase", ratio(env, stream.time_base));
  object.Set("frameRate", ratio(env, stream.frame_rate));
  object.Set("sampleAspectRatio", ratio(env, stream.sample_aspect_ratio));
  object.Set("rotation", rotation_degrees(packets.index()));
  object.Set("windowStart", stream.window_start);
  object.Set("windowEnd", stream.window_end);
  return object;
}

Napi::Value PacketsWrap::extradata(const Napi::CallbackInfo& info) {
  const auto bytes = value().index().extradata();
  auto copy = Napi::Uint8Array::New(info.Env(), bytes.size());
  if (!bytes.empty()) std::memcpy(copy.Data(), bytes.data(), bytes.size());
  return copy;
}

Napi::Value PacketsWrap::record(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const PacketRecord& packet = value().index().packets.at(info[0].As<Napi::Number>().Uint32Value());
  Napi::Object object = Napi::Object::New(env);
  object.Set("pts", timestamp(env, packet.pts));
  object.Set("dts", timestamp(env, packet.dts));
  object.Set("duration", Napi::BigInt::New(env, packet.duration));
  object.Set("byteLength", packet.size);
  object.Set("isKeyframe", (packet.flags & AV_PKT_FLAG_KEY) != 0);
  object.Set("isCorrupt", (packet.flags & AV_PKT_FLAG_CORRUPT) != 0);
  object.Set("isDiscarded", (packet.flags & AV_PKT_FLAG_DISCARD) != 0);
  return object;
}

Napi::Value PacketsWrap::keyframes(const Napi::CallbackInfo& info) {
  const auto& packets = value().index().packets;
  Napi::Array list = Napi::Array::New(info.Env());
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if ((packets[i].flags & AV_PKT_FLAG_KEY) != 0) list.Set(count++, static_cast<double>(i));
  }
  return list;
}

Napi::Value PacketsWrap::side_data(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const PacketIndex& index = value().index();
  const auto records =
      info[0].IsNumber()
          ? index.side_data_of(index.packets.at(info[0].As<Napi::Number>().Uint32Value()))
          : index.stream_side_data();
  Napi::Array list = Napi::Array::New(env, records.size());
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    const auto bytes = index.bytes_of(records[i]);
    auto copy = Napi::Uint8Array::New(env, bytes.size());
    if (!bytes.empty()) std::memcpy(copy.Data(), bytes.data(), bytes.size());
    const char* name = av_packet_side_data_name(static_cast<AVPacketSideDataType>(records[i].type));
    Napi::Object object = Napi::Object::New(env);
    object.Set("type", name == nullptr ? "unknown" : name);
    object.Set("data", copy);
    list.Set(i, object);
  }
  return list;
}

Napi::Value PacketsWrap::slice(const Napi::CallbackInfo& info) {
  const auto begin = info[0].As<Napi::Number>().Uint32Value();
  const auto end = info[1].As<Napi::Number>().Uint32Value();
  return translated(info.Env(), [&] { return make(info.Env(), value().slice(begin, end)); });
}

void PacketsWrap::copy_payload(const Napi::CallbackInfo& info) {
  const auto bytes = value().payload(info[0].As<Napi::Number>().Uint32Value());
  const auto target = bytes_of(info[1]);
  if (target.size() < bytes.size()) throw Napi::Error::New(info.Env(), "the target is too small");
  std::memcpy(target.data(), bytes.data(), bytes.size());
}

void PacketsWrap::pack_into(const Napi::CallbackInfo& info) {
  translated(info.Env(), [&] { return value().pack_into(bytes_of(info[0])); });
}

void PacketsWrap::dispose(const Napi::CallbackInfo& info) {
  drop();
  AddonState::of(info.Env()).releases->drain(info.Env());
}

}  // namespace arena::video
