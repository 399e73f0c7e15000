#include "demuxer_wrap.hpp"

#include "interrupt_wrap.hpp"
#include "media_values.hpp"
#include "packets_wrap.hpp"
#include "task.hpp"

namespace arena::video {

using binding::Call;
using binding::method;

namespace {

DemuxOptions read_options(napi_env env, napi_value object) {
  const binding::Options from(env, object);
  DemuxOptions options;
  const napi_value stream = from.get("stream");
  if (!binding::is_undefined(env, stream)) {
    options.stream = static_cast<int>(binding::to_u32(env, stream));
  }
  options.window_start = binding::to_double(env, from.get("start"));
  options.window_end = binding::to_double(env, from.get("end"));
  options.max_pixels = from.number<std::int64_t>("maxPixels");
  options.max_batch_bytes = from.number<std::uint64_t>("maxBatchBytes");
  return options;
}

bool is_string(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  binding::check(napi_typeof(env, value, &type));
  return type == napi_string;
}

/// The packed length of a batch, or null at the end.
napi_value to_js(napi_env env, const std::optional<std::uint64_t>& gathered) {
  return gathered ? binding::to_js(env, *gathered) : null(env);
}

}  // namespace

napi_value DemuxerWrap::define(napi_env env) {
  using W = DemuxerWrap;
  return binding::define_class<W>(
      env, "Demuxer",
      {method<&W::gather>("gather"), method<&W::take>("take"), method<&W::take_into>("takeInto"),
       method<&W::empty_run>("emptyRun"), method<&W::close>("close")});
}

DemuxerWrap::DemuxerWrap(const Call& call) {
  session_->from_path = is_string(call.env, call[0]);
  if (session_->from_path) {
    session_->path = binding::to_string(call.env, call[0]);
  } else {
    session_->bytes = bytes_of(call.env, call[0]);
    session_->owner = instance(call.env).releases->hold(call.env, call[0], call[3]);
  }
  session_->options = read_options(call.env, call[1]);
  session_->interrupt = InterruptWrap::of(call.env, call[2]);
}

Demuxer& DemuxerWrap::Session::opened() {
  if (!demuxer) {
    auto source = from_path ? open_file(path) : open_bytes(bytes);
    demuxer = std::make_unique<Demuxer>(std::move(source), options, interrupt);
  }
  return *demuxer;
}

DemuxerWrap::Session& DemuxerWrap::session() {
  if (session_) return *session_;
  throw MediaError(MediaErrorKind::interrupted, "the demuxer is closed.");
}

Demuxer& DemuxerWrap::idle_demuxer() {
  Session& open = session();
  busy_.require_idle();
  if (!open.demuxer) throw_nothing_gathered();
  return *open.demuxer;
}

napi_value DemuxerWrap::gather(const Call& call) {
  const auto min_packets = static_cast<std::size_t>(binding::to_u64(call.env, call[0]));
  session();
  busy_.acquire();
  using Gathered = std::optional<std::uint64_t>;
  return Task<Gathered>::start(
      call.env, {call.self()},
      [session = session_, min_packets]() -> std::optional<Gathered> {
        Demuxer& demuxer = session->opened();
        if (!demuxer.gather_on(min_packets, TimeSlice::usual())) return std::nullopt;
        return demuxer.gathered();
      },
      [this] { busy_.release(); }, to_js);
}

napi_value DemuxerWrap::take(const Call& call) {
  idle_demuxer();
  busy_.acquire();
  return Task<VideoPackets>::start(
      call.env, {call.self()},
      [session = session_] { return std::optional(session->demuxer->take()); },
      [this] { busy_.release(); },
      [](napi_env env, VideoPackets&& packets) {
        return PacketsWrap::make_private(env, std::move(packets));
      });
}

napi_value DemuxerWrap::take_into(const Call& call) {
  // This runs on the JavaScript thread, so the memory cannot be taken away during the copy.
  return binding::to_js(call.env, idle_demuxer().take_into(bytes_of(call.env, call[0])));
}

napi_value DemuxerWrap::empty_run(const Call& call) {
  return PacketsWrap::make_private(call.env, idle_demuxer().empty_run());
}

napi_value DemuxerWrap::close(const Call& call) {
  if (session_) session_->interrupt->fire();
  // A running call has its own reference to the session, and ends the session.
  session_.reset();
  instance(call.env).releases->drain(call.env);
  return nullptr;
}

}  // namespace arena::video
