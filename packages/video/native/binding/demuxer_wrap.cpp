#include "demuxer_wrap.hpp"

#include "interrupt_wrap.hpp"
#include "packets_wrap.hpp"

namespace arena::video {
namespace {

constexpr const char* kName = "demuxer";

DemuxOptions read_options(const Napi::Object& from) {
  DemuxOptions options;
  const Napi::Value stream = from.Get("stream");
  if (stream.IsNumber()) options.stream = stream.As<Napi::Number>().Int32Value();
  options.window_start = from.Get("start").As<Napi::Number>().DoubleValue();
  options.window_end = from.Get("end").As<Napi::Number>().DoubleValue();
  options.max_pixels = from.Get("maxPixels").As<Napi::Number>().Int64Value();
  options.max_batch_bytes =
      static_cast<std::uint64_t>(from.Get("maxBatchBytes").As<Napi::Number>().Int64Value());
  return options;
}

}  // namespace

Napi::Function DemuxerWrap::define(Napi::Env env) {
  return DefineClass(env, "Demuxer",
                     {
                         InstanceMethod("gather", &DemuxerWrap::gather),
                         InstanceMethod("take", &DemuxerWrap::take),
                         InstanceMethod("takeInto", &DemuxerWrap::take_into),
                         InstanceMethod("emptyRun", &DemuxerWrap::empty_run),
                         InstanceMethod("close", &DemuxerWrap::close),
                     });
}

DemuxerWrap::DemuxerWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  session_->from_path = info[0].IsString();
  if (session_->from_path) {
    session_->path = info[0].As<Napi::String>().Utf8Value();
  } else {
    session_->bytes = bytes_of(info[0]);
    source_ = Napi::Persistent(info[0].As<Napi::Object>());
  }
  session_->options = read_options(info[1].As<Napi::Object>());
  session_->interrupt = InterruptWrap::of(info[2]);
}

void DemuxerWrap::Session::open() {
  if (demuxer) return;
  auto source = from_path ? open_file(path) : open_bytes(bytes);
  demuxer = std::make_unique<Demuxer>(std::move(source), options, interrupt);
}

DemuxerWrap::Session& DemuxerWrap::idle_session() {
  if (!session_) throw Napi::Error::New(Env(), "demuxer: closed");
  busy_.require_idle(Env(), kName);
  if (!session_->demuxer) {
    const MediaError error(MediaErrorKind::state,
                           "demuxer: nothing is gathered. Await gather() first.");
    throw to_js_error(Env(), std::make_exception_ptr(error));
  }
  return *session_;
}

Napi::Value DemuxerWrap::gather(const Napi::CallbackInfo& info) {
  const auto min_packets = static_cast<std::size_t>(info[0].As<Napi::Number>().Int64Value());
  if (!session_) throw Napi::Error::New(info.Env(), "demuxer: closed");
  busy_.acquire(info.Env(), kName);
  const Napi::Value source =
      source_.IsEmpty() ? info.Env().Null() : source_.Value().As<Napi::Value>();
  return AsyncTask<std::optional<std::uint64_t>>::run(
      info.Env(), {info.This(), source},
      [session = session_, min_packets] {
        session->open();
        return session->demuxer->gather(min_packets);
      },
      [this](Napi::Env env, auto&& length) -> Napi::Value {
        busy_.release();
        if (!length || !*length) return env.Null();
        return Napi::Number::New(env, static_cast<double>(**length));
      });
}

Napi::Value DemuxerWrap::take(const Napi::CallbackInfo& info) {
  idle_session();
  busy_.acquire(info.Env(), kName);
  return AsyncTask<VideoPackets>::run(
      info.Env(), {info.This()}, [session = session_] { return session->demuxer->take(); },
      [this](Napi::Env env, auto&& packets) -> Napi::Value {
        busy_.release();
        if (!packets) return env.Null();
        return PacketsWrap::make_private(env, std::move(*packets));
      });
}

Napi::Value DemuxerWrap::take_into(const Napi::CallbackInfo& info) {
  Session& session = idle_session();
  // Right here and not on another thread: nobody can take the memory away meanwhile.
  const auto length =
      translated(info.Env(), [&] { return session.demuxer->take_into(bytes_of(info[0])); });
  return Napi::Number::New(info.Env(), static_cast<double>(length));
}

Napi::Value DemuxerWrap::empty_run(const Napi::CallbackInfo& info) {
  Session& session = idle_session();
  return PacketsWrap::make_private(info.Env(), session.demuxer->empty_run());
}

void DemuxerWrap::close(const Napi::CallbackInfo&) {
  if (session_) session_->interrupt->fire();
  // A call under way has its own references to the session and the source, and ends them.
  session_.reset();
  source_.Reset();
}

}  // namespace arena::video
