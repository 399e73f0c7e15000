#pragma once

#include <napi.h>

#include <memory>

#include "async_task.hpp"
#include "frame_decoder.hpp"

namespace arena::video {

/// `new Decoder(format, width, height, threads, interrupt)`.
class DecoderWrap : public Napi::ObjectWrap<DecoderWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit DecoderWrap(const Napi::CallbackInfo& info);
  ~DecoderWrap() override;

 private:
  struct Session {
    std::unique_ptr<FrameDecoder> decoder;
    std::shared_ptr<Interrupt> interrupt;
  };

  /// (packets, bytes?, onRelease?): with a function, packets that lie in `bytes` and are not kept
  /// in place by themselves; it is called once nothing needs them any more.
  void push(const Napi::CallbackInfo& info);
  void finish(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  FrameDecoder& idle_decoder();
  void end();
  static void on_environment_end(void* self);
  void watch_environment();
  void unwatch_environment();

  std::shared_ptr<Session> session_ = std::make_shared<Session>();
  BusyFlag busy_;
  bool watching_ = false;
};

}  // namespace arena::video
