#pragma once

#include <napi.h>

#include <memory>
#include <span>
#include <string>

#include "async_task.hpp"
#include "demuxer.hpp"

namespace arena::video {

/// `new Demuxer(source, options, interrupt)`; opens the source with the first gather().
class DemuxerWrap : public Napi::ObjectWrap<DemuxerWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit DemuxerWrap(const Napi::CallbackInfo& info);

 private:
  /// What a task on another thread uses; it outlives this object when that is collected first.
  struct Session {
    std::string path;
    std::span<const std::uint8_t> bytes;
    bool from_path = false;
    DemuxOptions options;
    std::shared_ptr<Interrupt> interrupt;
    std::unique_ptr<Demuxer> demuxer;
    void open();
  };

  Napi::Value gather(const Napi::CallbackInfo& info);
  Napi::Value take(const Napi::CallbackInfo& info);
  Napi::Value take_into(const Napi::CallbackInfo& info);
  Napi::Value empty_run(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  Session& idle_session();

  std::shared_ptr<Session> session_ = std::make_shared<Session>();
  Napi::ObjectReference source_;
  BusyFlag busy_;
};

}  // namespace arena::video
