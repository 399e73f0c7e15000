#pragma once

#include <napi.h>

#include <optional>

#include "video_packets.hpp"

namespace arena::video {

/// A VideoPackets value in JavaScript. Its methods take what the TypeScript face has checked.
class PacketsWrap : public Napi::ObjectWrap<PacketsWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PacketsWrap(const Napi::CallbackInfo& info);
  ~PacketsWrap() override;

  static Napi::Object make(Napi::Env env, VideoPackets packets);
  /// Packets of a private block: the garbage collector is told what collecting them frees.
  static Napi::Object make_private(Napi::Env env, VideoPackets packets);
  /// @throws Napi::Error when it was disposed of.
  static const VideoPackets& of(const Napi::Value& value);

 private:
  static Napi::Value unpack(const Napi::CallbackInfo& info);
  static Napi::Value concat(const Napi::CallbackInfo& info);
  Napi::Value describe(const Napi::CallbackInfo& info);
  Napi::Value extradata(const Napi::CallbackInfo& info);
  Napi::Value record(const Napi::CallbackInfo& info);
  Napi::Value keyframes(const Napi::CallbackInfo& info);
  /// (index?): without one, of the stream
  Napi::Value side_data(const Napi::CallbackInfo& info);
  Napi::Value slice(const Napi::CallbackInfo& info);
  void copy_payload(const Napi::CallbackInfo& info);
  void pack_into(const Napi::CallbackInfo& info);
  void dispose(const Napi::CallbackInfo& info);

  static Napi::Object make(Napi::Env env, VideoPackets packets, std::uint64_t private_bytes);
  const VideoPackets& value() const;
  void drop();

  std::optional<VideoPackets> value_;
  std::int64_t private_bytes_ = 0;
};

}  // namespace arena::video
