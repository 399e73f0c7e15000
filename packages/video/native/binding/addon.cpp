#include <napi.h>

#include <string>

#include "addon_state.hpp"
#include "async_task.hpp"
#include "decoder_wrap.hpp"
#include "demuxer_wrap.hpp"
#include "interrupt_wrap.hpp"
#include "packets_wrap.hpp"
#include "video_data.hpp"

namespace arena::video {
namespace {

/// createVideoData(targetBytes, durationSeconds, width, height, interrupt)
Napi::Value create_video_data_async(const Napi::CallbackInfo& info) {
  const VideoDataOptions options{
      static_cast<std::uint64_t>(info[0].As<Napi::Number>().Int64Value()),
      info[1].As<Napi::Number>().DoubleValue(),
      info[2].As<Napi::Number>().Int32Value(),
      info[3].As<Napi::Number>().Int32Value(),
  };
  using Bytes = std::vector<std::uint8_t>;
  return AsyncTask<Bytes>::run(
      info.Env(), {info[4]},
      [options, interrupt = InterruptWrap::of(info[4])] {
        return create_video_data(options, *interrupt);
      },
      [](Napi::Env env, std::optional<Bytes>&& bytes) -> Napi::Value {
        if (!bytes) return env.Null();
        auto* kept = new Bytes(std::move(*bytes));
        return Napi::Buffer<std::uint8_t>::NewOrCopy(
            env, kept->data(), kept->size(),
            [](Napi::Env, std::uint8_t*, Bytes* ended) { delete ended; }, kept);
      });
}

/// versions() => { libavformat, libavcodec, libavutil, libswscale }, as they are loaded.
Napi::Value versions(const Napi::CallbackInfo& info) {
  Napi::Object object = Napi::Object::New(info.Env());
  const auto set = [&](const char* name, unsigned version) {
    object.Set(name, std::to_string(AV_VERSION_MAJOR(version)) + "." +
                         std::to_string(AV_VERSION_MINOR(version)) + "." +
                         std::to_string(AV_VERSION_MICRO(version)));
  };
  set("libavformat", avformat_version());
  set("libavcodec", avcodec_version());
  set("libavutil", avutil_version());
  set("libswscale", swscale_version());
  return object;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* state = new AddonState;
  env.SetInstanceData(state);
  state->releases = ReleaseQueue::create(env);
  const Napi::Function packets = PacketsWrap::define(env);
  state->packets_class = Napi::Persistent(packets);
  exports.Set("Packets", packets);
  exports.Set("Interrupt", InterruptWrap::define(env));
  exports.Set("Demuxer", DemuxerWrap::define(env));
  exports.Set("Decoder", DecoderWrap::define(env));
  exports.Set("versions", Napi::Function::New(env, versions));
  exports.Set("createVideoData", Napi::Function::New(env, create_video_data_async));
  return exports;
}

}  // namespace
}  // namespace arena::video

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  return arena::video::init(env, exports);
}

NODE_API_MODULE(arena_video, Init)
