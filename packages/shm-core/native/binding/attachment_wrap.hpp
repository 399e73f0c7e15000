/// core::Attachment for JavaScript.
#pragma once

#include <napi.h>

#include <memory>

#include "attachment.hpp"
#include "event_loop.hpp"

namespace arena::binding {

class AttachmentWrap final : public Napi::ObjectWrap<AttachmentWrap> {
 public:
  static Napi::Function define(Napi::Env env);

  /// (config object) creates, (handle string, populate) attaches.
  explicit AttachmentWrap(const Napi::CallbackInfo& info);
  ~AttachmentWrap();

  /// Throws ERR_ARENA_CLOSED.
  core::Attachment& arena() const;
  std::shared_ptr<core::Attachment> shared_arena() const {
    arena();
    return arena_;
  }

 private:
  void open(const Napi::CallbackInfo& info);
  void create(const Napi::Object& options);
  void watch();
  void look(bool rung);
  void on_monitor();
  void report_lost(const std::vector<core::LostPeer>& lost);

  Napi::Value config(const Napi::CallbackInfo& info);
  Napi::Value handle(const Napi::CallbackInfo& info);
  Napi::Value writer(const Napi::CallbackInfo& info);
  Napi::Value reader(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  /// listen(onRing, onLost)
  Napi::Value listen(const Napi::CallbackInfo& info);
  Napi::Value ref(const Napi::CallbackInfo& info);
  Napi::Value look_within(const Napi::CallbackInfo& info);
  Napi::Value check_peers(const Napi::CallbackInfo& info);
  Napi::Value peer_states(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<core::Attachment> arena_;
  std::unique_ptr<LoopWatch> watch_;
  Napi::FunctionReference on_look_;
  Napi::FunctionReference on_lost_;
};

}  // namespace arena::binding
