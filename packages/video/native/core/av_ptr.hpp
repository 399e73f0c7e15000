#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <memory>

#include "libav_releases.hpp"
#include "media_error.hpp"

namespace arena::video {

struct AvDeleter {
  void operator()(AVPacket* p) const noexcept { av_packet_free(&p); }
  void operator()(AVFrame* p) const noexcept { av_frame_free(&p); }
  void operator()(AVCodecContext* p) const noexcept { avcodec_free_context(&p); }
  void operator()(AVCodecParameters* p) const noexcept { avcodec_parameters_free(&p); }
  void operator()(SwsContext* p) const noexcept { sws_freeContext(p); }
};

template <class T>
using AvPtr = std::unique_ptr<T, AvDeleter>;

/// Takes over the result of a libav allocation; throws when the result is null.
template <class T>
AvPtr<T> own(T* allocated) {
  if (allocated == nullptr) {
    throw MediaError(MediaErrorKind::out_of_memory, "libav: out of memory");
  }
  return AvPtr<T>(allocated);
}

}  // namespace arena::video
