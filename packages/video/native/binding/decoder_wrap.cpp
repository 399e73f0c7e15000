#include "decoder_wrap.hpp"

#include <string_view>

#include "frame_relay.hpp"
#include "interrupt_wrap.hpp"
#include "media_values.hpp"
#include "packets_wrap.hpp"
#include "task.hpp"

namespace arena::video {

using binding::Call;
using binding::method;

namespace {

FrameFormat format_named(std::string_view name) {
  if (name == "rgb24") return FrameFormat::rgb24;
  if (name == "gray") return FrameFormat::gray;
  if (name == "yuv420p") return FrameFormat::yuv420p;
  throw binding::WrongArgument{"unknown format"};
}

const char* name_of(FrameDecoder::State state) {
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

napi_value to_js(napi_env env, const FrameDecoder::Read& read) {
  binding::List timestamps(env);
  for (const std::int64_t pts : read.timestamps) {
    const binding::HandleScope scope(env);
    timestamps.add(timestamp(env, pts));
  }
  binding::Object object(env);
  object.set("state", name_of(read.state));
  object.set("pts", timestamps.value());
  object.set("timeBase", ratio(env, read.time_base));
  return object.value();
}

int to_int(napi_env env, napi_value value) { return static_cast<int>(binding::to_u32(env, value)); }

}  // namespace

napi_value DecoderWrap::define(napi_env env) {
  using W = DecoderWrap;
  return binding::define_class<W>(env, "Decoder",
                                  {method<&W::push>("push"), method<&W::finish>("finish"),
                                   method<&W::read>("read"), method<&W::close>("close")});
}

DecoderWrap::DecoderWrap(const Call& call) : env_(call.env) {
  const FrameLayout layout{format_named(binding::to_string(env_, call[0])), to_int(env_, call[1]),
                           to_int(env_, call[2])};
  const PictureLimit limit(static_cast<std::int64_t>(binding::to_u64(env_, call[4])));
  session_->interrupt = InterruptWrap::of(env_, call[5]);
  session_->decoder = std::make_unique<FrameDecoder>(layout, to_int(env_, call[3]), limit);
}

DecoderWrap::~DecoderWrap() { unwatch_environment(); }

FrameDecoder& DecoderWrap::idle_decoder() {
  busy_.require_idle();
  if (session_) return *session_->decoder;
  throw MediaError(MediaErrorKind::interrupted, "the decoder is closed.");
}

napi_value DecoderWrap::push(const Call& call) {
  FrameDecoder& decoder = idle_decoder();
  VideoPackets packets = PacketsWrap::of(call.env, call[0]);
  if (!binding::is_undefined(call.env, call[1])) {
    packets = packets.with_owner(instance(call.env).releases->hold(call.env, call[1], call[2]));
  }
  unwatch_environment();
  watch_environment();
  decoder.push(std::move(packets));
  return nullptr;
}

napi_value DecoderWrap::finish(const Call&) {
  idle_decoder().finish();
  return nullptr;
}

napi_value DecoderWrap::read(const Call& call) {
  idle_decoder();
  return binding::to_bool(call.env, call[1]) ? read_into(call) : read_by_relay(call);
}

napi_value DecoderWrap::read_into(const Call& call) {
  using Read = FrameDecoder::Read;
  const auto target = bytes_of(call.env, call[0]);
  busy_.acquire();
  return Task<Read>::start(
      call.env, {call.self(), call[0]},
      [session = session_, rest = target, read = Read()]() mutable -> std::optional<Read> {
        const TimeSlice slice = TimeSlice::usual();
        if (!session->decoder->read_on(read, rest, *session->interrupt, slice)) return {};
        return std::move(read);
      },
      [this] { busy_.release(); }, to_js);
}

napi_value DecoderWrap::read_by_relay(const Call& call) {
  using Read = FrameDecoder::Read;
  const napi_env env = call.env;
  const auto relay = std::make_shared<FrameRelay>(bytes_of(env, call[0]).size(),
                                                  session_->decoder->layout().byte_length());
  const auto target =
      std::make_shared<binding::Reference>(binding::Reference::strong(env, call[0]));
  busy_.acquire();
  return Task<Read>::start(
      env, {call.self()},
      [session = session_, relay, read = Read()]() mutable -> std::optional<Read> {
        const TimeSlice slice = TimeSlice::usual();
        if (!relay->read_on(*session->decoder, read, *session->interrupt, slice)) return {};
        return std::move(read);
      },
      [this] { busy_.release(); }, to_js,
      [env, relay, target] { relay->deliver(bytes_of(env, target->value())); });
}

napi_value DecoderWrap::close(const Call& call) {
  end();
  instance(call.env).releases->drain(call.env);
  return nullptr;
}

void DecoderWrap::end() noexcept {
  unwatch_environment();
  if (session_) session_->interrupt->fire();
  // A running read has its own reference to the session, and ends the session.
  session_.reset();
}

/// libav's threads read packets ahead between two reads. They must end before the environment frees
/// the memory of the packets. Hooks run in reverse order, so this hook, which is added after the
/// packets arrived, runs before the hook of their arena.
void DecoderWrap::watch_environment() {
  binding::check(napi_add_env_cleanup_hook(env_, &on_environment_end, this));
  watching_ = true;
}

void DecoderWrap::unwatch_environment() noexcept {
  if (watching_) napi_remove_env_cleanup_hook(env_, &on_environment_end, this);
  watching_ = false;
}

void DecoderWrap::on_environment_end(void* self) noexcept {
  auto& decoder = *static_cast<DecoderWrap*>(self);
  decoder.watching_ = false;
  decoder.session_.reset();
}

}  // namespace arena::video
