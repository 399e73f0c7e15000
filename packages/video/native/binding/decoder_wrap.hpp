#pragma once

#include <memory>

#include "busy_flag.hpp"
#include "frame_decoder.hpp"
#include "native_class.hpp"

namespace arena::video {

/// `new Decoder(format, width, height, threads, maxPixels, interrupt)`.
class DecoderWrap {
 public:
  static napi_value define(napi_env env);
  explicit DecoderWrap(const binding::Call& call);
  ~DecoderWrap();

  /// (packets, bytes?, onRelease?): with `bytes`, the packets lie in these bytes and do not keep
  /// them in place; `onRelease` is called once they are no longer needed.
  napi_value push(const binding::Call& call);
  napi_value finish(const binding::Call& call);
  /// (target, stays): `stays` is true when the target's memory cannot be taken away during the read
  napi_value read(const binding::Call& call);
  napi_value close(const binding::Call& call);

 private:
  struct Session {
    std::unique_ptr<FrameDecoder> decoder;
    std::shared_ptr<Interrupt> interrupt;
  };

  FrameDecoder& idle_decoder();
  napi_value read_into(const binding::Call& call);
  napi_value read_by_relay(const binding::Call& call);
  void end() noexcept;
  static void on_environment_end(void* self) noexcept;
  void watch_environment();
  void unwatch_environment() noexcept;

  napi_env env_;
  std::shared_ptr<Session> session_ = std::make_shared<Session>();
  BusyFlag busy_{"decoder"};
  bool watching_ = false;
};

}  // namespace arena::video
