#pragma once

#include <optional>

#include "native_class.hpp"
#include "video_packets.hpp"

namespace arena::video {

/// A VideoPackets value in JavaScript. The TypeScript class has checked the arguments of its
/// methods.
class PacketsWrap {
 public:
  static napi_value define(napi_env env);
  /// Use make(). A call from JavaScript gives an empty, disposed value.
  explicit PacketsWrap(const binding::Call& call);
  ~PacketsWrap();

  static napi_value make(napi_env env, VideoPackets packets);
  /// Packets of a private block. The garbage collector is told the size of the block.
  static napi_value make_private(napi_env env, VideoPackets packets);
  /// @throws MediaError state when the packets were disposed of.
  static const VideoPackets& of(napi_env env, napi_value object);

  napi_value describe(const binding::Call& call);
  napi_value extradata(const binding::Call& call);
  napi_value record(const binding::Call& call);
  napi_value keyframes(const binding::Call& call);
  /// (index?): without an index, the side data of the stream
  napi_value side_data(const binding::Call& call);
  napi_value slice(const binding::Call& call);
  napi_value copy_payload(const binding::Call& call);
  napi_value pack_into(const binding::Call& call);
  napi_value dispose(const binding::Call& call);

 private:
  struct Made;

  static napi_value make(napi_env env, Made made);
  const VideoPackets& value() const;
  const PacketRecord& record_at(napi_env env, napi_value index) const;
  void drop() noexcept;

  napi_env env_;
  std::optional<VideoPackets> value_;
  std::int64_t private_bytes_ = 0;
};

}  // namespace arena::video
