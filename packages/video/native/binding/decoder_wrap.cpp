#include "decoder_wrap.hpp"

#include "interrupt_wrap.hpp"
#include "packets_wrap.hpp"

namespace arena::video {
namespace {

FrameFormat format_named(const std::string& name) {
  if (name == "rgb24") return FrameFormat::rgb24;
  if (name == "gray") return FrameFormat::gray;
  return FrameFormat::yuv420p;
}

const char* state_name(FrameDecoder::State state) {
  switch (state) {
    case FrameDecoder::State::no_room:
      return "no-room";
    case FrameDecoder::State::next_stream:
      return "next-stream";
    case FrameDecoder::State::needs_packets:
      return "needs-packets";
    case FrameDecoder::State::ended:
      return "ended";
  }
  return "ended";
}

Napi::Value to_js(Napi::Env env, const FrameDecoder::Read& read) {
  Napi::Array timestamps = Napi::Array::New(env, read.timestamps.size());
  for (std::uint32_t i = 0; i < read.timestamps.size(); ++i) {
    const std::int64_t pts = read.timestamps[i];
    timestamps.Set(i, pts == AV_NOPTS_VALUE ? env.Null() : Napi::BigInt::New(env, pts));
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("state", state_name(read.state));
  object.Set("pts", timestamps);
  Napi::Object base = Napi::Object::New(env);
  base.Set("num", read.time_base.num);
  base.Set("den", read.time_base.den);
  object.Set("timeBase", base);
  return object;
}

}  // namespace

Napi::Function DecoderWrap::define(Napi::Env env) {
  return DefineClass(env, "Decoder",
                     {
                         InstanceMethod("push", &DecoderWrap::push),
                         InstanceMethod("finish", &DecoderWrap::finish),
                         InstanceMethod("read", &DecoderWrap::read),
                         InstanceMethod("close", &DecoderWrap::close),
                     });
}

DecoderWrap::DecoderWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  const FrameLayout layout{format_named(info[0].As<Napi::String>()),
                           info[1].As<Napi::Number>().Int32Value(),
                           info[2].As<Napi::Number>().Int32Value()};
  const int threads = info[3].As<Napi::Number>().Int32Value();
  const PictureLimit limit(info[4].As<Napi::Number>().Int64Value());
  session_->interrupt = InterruptWrap::of(info[5]);
  translated(info.Env(),
             [&] { session_->decoder = std::make_unique<FrameDecoder>(layout, threads, limit); });
}

DecoderWrap::~DecoderWrap() { unwatch_environment(); }

FrameDecoder& DecoderWrap::idle_decoder() {
  busy_.require_idle(Env(), "decoder");
  if (!session_) throw Napi::Error::New(Env(), "decoder: closed");
  return *session_->decoder;
}

void DecoderWrap::push(const Napi::CallbackInfo& info) {
  FrameDecoder& decoder = idle_decoder();
  const VideoPackets& packets = PacketsWrap::of(info[0]);
  translated(info.Env(), [&] {
    if (info[2].IsFunction()) {
      const auto& releases = AddonState::of(info.Env()).releases;
      decoder.push(packets.with_owner(hold_bytes(info.Env(), releases, info[1], info[2])));
    } else {
      decoder.push(packets);
    }
  });
  unwatch_environment();
  watch_environment();
}

void DecoderWrap::finish(const Napi::CallbackInfo&) { idle_decoder().finish(); }

Napi::Value DecoderWrap::read(const Napi::CallbackInfo& info) {
  idle_decoder();
  busy_.acquire(info.Env(), "decoder");
  return AsyncTask<FrameDecoder::Read>::run(
      info.Env(), {info.This(), info[0]},
      [session = session_, target = bytes_of(info[0])] {
        return session->decoder->read(target, *session->interrupt);
      },
      [this](Napi::Env env, auto&& result) -> Napi::Value {
        busy_.release();
        return result ? to_js(env, *result) : env.Null();
      });
}

void DecoderWrap::close(const Napi::CallbackInfo& info) {
  end();
  AddonState::of(info.Env()).releases->drain(info.Env());
}

void DecoderWrap::end() {
  unwatch_environment();
  if (session_) session_->interrupt->fire();
  // A read under way has its own reference to the session, and ends it.
  session_.reset();
}

/// libav's threads read packets ahead between two reads. They have to be gone before the
/// environment lets go of the memory that the packets lie in. Hooks run in reverse, so the one
/// that was added after the packets arrived runs before their arena's.
void DecoderWrap::watch_environment() {
  napi_add_env_cleanup_hook(Env(), &on_environment_end, this);
  watching_ = true;
}

void DecoderWrap::unwatch_environment() {
  if (watching_) napi_remove_env_cleanup_hook(Env(), &on_environment_end, this);
  watching_ = false;
}

void DecoderWrap::on_environment_end(void* self) {
  auto& decoder = *static_cast<DecoderWrap*>(self);
  decoder.watching_ = false;
  decoder.session_.reset();
}

}  // namespace arena::video
