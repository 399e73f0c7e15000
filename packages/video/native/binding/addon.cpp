#include <string>
#include <string_view>

#include "decoder_wrap.hpp"
#include "demuxer_wrap.hpp"
#include "instance.hpp"
#include "interrupt_wrap.hpp"
#include "media_values.hpp"
#include "packets_wrap.hpp"
#include "task.hpp"
#include "video_data.hpp"

namespace arena::video {
namespace {

using binding::Call;
using binding::check;
using binding::export_function;

/// initialize((code, message) => Error)
napi_value initialize(const Call& call) {
  binding::set_error_factory(call.env, call[0]);
  return nullptr;
}

using Bytes = std::vector<std::uint8_t>;

/// A Buffer over `bytes`, where the runtime allows one over foreign memory; else a copy.
napi_value buffer_over(napi_env env, Bytes&& bytes) {
  auto kept = std::make_unique<Bytes>(std::move(bytes));
  const auto free = [](napi_env, void*, void* hint) { delete static_cast<Bytes*>(hint); };
  napi_value buffer = nullptr;
  const napi_status status =
      napi_create_external_buffer(env, kept->size(), kept->data(), free, kept.get(), &buffer);
  if (status == napi_no_external_buffers_allowed) return copied_bytes(env, *kept);
  // Node may call the finalizer of a buffer that it failed to make.
  (void)kept.release();
  check(status);
  return buffer;
}

/// createVideoData(targetBytes, durationSeconds, width, height, interrupt) => promise of a Buffer
napi_value create_video_data_async(const Call& call) {
  const VideoDataOptions options{
      binding::to_u64(call.env, call[0]),
      binding::to_double(call.env, call[1]),
      static_cast<int>(binding::to_u32(call.env, call[2])),
      static_cast<int>(binding::to_u32(call.env, call[3])),
  };
  return Task<Bytes>::start(
      call.env, {},
      [options, interrupt = InterruptWrap::of(call.env, call[4])] {
        return std::optional(create_video_data(options, *interrupt));
      },
      [] {}, buffer_over);
}

std::string version(unsigned number) {
  return std::to_string(AV_VERSION_MAJOR(number)) + "." + std::to_string(AV_VERSION_MINOR(number)) +
         "." + std::to_string(AV_VERSION_MICRO(number));
}

/// versions() => { libavformat, libavcodec, libavutil, libswscale }, as they are loaded.
napi_value versions(const Call& call) {
  binding::Object object(call.env);
  object.set("libavformat", version(avformat_version()));
  object.set("libavcodec", version(avcodec_version()));
  object.set("libavutil", version(avutil_version()));
  object.set("libswscale", version(swscale_version()));
  return object.value();
}

void make_instance(napi_env env) {
  binding::keep_instance(env, std::make_unique<Instance>());
  instance(env).releases = ReleaseQueue::create(env);
}

void export_class(napi_env env, napi_value exports, const char* name, napi_value defined) {
  check(napi_set_named_property(env, exports, name, defined));
}

napi_value init(napi_env env, napi_value exports) noexcept {
  return binding::entered(env, [&] {
    make_instance(env);
    check(napi_set_named_property(env, exports, "version",
                                  binding::to_js(env, std::string_view{ARENA_VERSION})));
    export_function<initialize>(env, exports, "initialize");
    export_function<versions>(env, exports, "versions");
    export_function<create_video_data_async>(env, exports, "createVideoData");
    export_class(env, exports, "Packets", PacketsWrap::define(env));
    export_class(env, exports, "Interrupt", InterruptWrap::define(env));
    export_class(env, exports, "Demuxer", DemuxerWrap::define(env));
    export_class(env, exports, "Decoder", DecoderWrap::define(env));
    return exports;
  });
}

}  // namespace
}  // namespace arena::video

NAPI_MODULE_INIT() { return arena::video::init(env, exports); }
