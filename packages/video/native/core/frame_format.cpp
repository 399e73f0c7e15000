#include "frame_format.hpp"

#include <string>

#include "av_error.hpp"

namespace arena::video {
namespace {

/// swscale's vector code writes whole blocks of pixels. They reach beyond the end of a row whose
/// length is no multiple of a block.
constexpr int kScalerBlockPixels = 64;

void fill_planes(const FrameLayout& layout, std::uint8_t* base, std::uint8_t* planes[4],
                 int strides[4]) {
  check_av(av_image_fill_arrays(planes, strides, base, layout.pixel_format(), layout.width,
                                layout.height, 1),
           "decode: picture layout");
}

}  // namespace

AVPixelFormat FrameLayout::pixel_format() const noexcept {
  switch (format) {
    case FrameFormat::yuv420p:
      return AV_PIX_FMT_YUV420P;
    case FrameFormat::rgb24:
      return AV_PIX_FMT_RGB24;
    case FrameFormat::gray:
      return AV_PIX_FMT_GRAY8;
  }
  return AV_PIX_FMT_NONE;
}

std::uint64_t FrameLayout::byte_length() const noexcept {
  const auto pixels = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  switch (format) {
    case FrameFormat::yuv420p:
      return pixels / 2 * 3;
    case FrameFormat::rgb24:
      return pixels * 3;
    case FrameFormat::gray:
      return pixels;
  }
  return 0;
}

void check_frame_layout(const FrameLayout& layout) {
  const std::string size = std::to_string(layout.width) + "x" + std::to_string(layout.height);
  if (av_image_get_buffer_size(layout.pixel_format(), layout.width, layout.height, 1) <= 0) {
    throw MediaError(MediaErrorKind::argument, "pictures of " + size + " cannot be decoded to");
  }
  const bool odd = layout.width % 2 != 0 || layout.height % 2 != 0;
  if (layout.format == FrameFormat::yuv420p && odd) {
    throw MediaError(MediaErrorKind::argument,
                     "yuv420p pictures have an even width and height, these are " + size +
                         ". Pass an even width and height, or another format.");
  }
}

void FrameConverter::convert(const AVFrame& frame, std::span<std::uint8_t> target) {
  std::uint8_t* planes[4];
  int strides[4];
  fill_planes(layout_, target.data(), planes, strides);
  if (frame.format == layout_.pixel_format() && frame.width == layout_.width &&
      frame.height == layout_.height) {
    av_image_copy(planes, strides, const_cast<const std::uint8_t**>(frame.data), frame.linesize,
                  layout_.pixel_format(), layout_.width, layout_.height);
    return;
  }
  configure(frame);
  if (layout_.width % kScalerBlockPixels == 0) {
    scale(frame, planes, strides);
    return;
  }
  if (!scratch_) {
    scratch_ = own(av_frame_alloc());
    scratch_->format = layout_.pixel_format();
    scratch_->width = layout_.width;
    scratch_->height = layout_.height;
    check_av(av_frame_get_buffer(scratch_.get(), 0), "decode: picture");
  }
  scale(frame, scratch_->data, scratch_->linesize);
  av_image_copy(planes, strides, const_cast<const std::uint8_t**>(scratch_->data),
                scratch_->linesize, layout_.pixel_format(), layout_.width, layout_.height);
}

void FrameConverter::scale(const AVFrame& frame, std::uint8_t* const planes[4],
                           const int strides[4]) {
  check_av(sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, planes, strides),
           "decode: conversion");
}

void FrameConverter::configure(const AVFrame& frame) {
  const Source source{frame.width, frame.height, frame.format, frame.colorspace, frame.color_range};
  if (scaler_ && source == source_) return;
  scaler_.reset(sws_getContext(frame.width, frame.height, static_cast<AVPixelFormat>(frame.format),
                               layout_.width, layout_.height, layout_.pixel_format(), SWS_BICUBIC,
                               nullptr, nullptr, nullptr));
  if (!scaler_) {
    const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame.format));
    throw MediaError(MediaErrorKind::media, std::string("decode: pictures of format ") +
                                                (name != nullptr ? name : "unknown") +
                                                " cannot be converted");
  }
  int* inverse = nullptr;
  int* table = nullptr;
  int source_range = 0, target_range = 0, brightness = 0, contrast = 0, saturation = 0;
  if (sws_getColorspaceDetails(scaler_.get(), &inverse, &source_range, &table, &target_range,
                               &brightness, &contrast, &saturation) >= 0) {
    if (frame.color_range == AVCOL_RANGE_JPEG) source_range = 1;
    sws_setColorspaceDetails(scaler_.get(), sws_getCoefficients(frame.colorspace), source_range,
                             table, target_range, brightness, contrast, saturation);
  }
  source_ = source;
}

}  // namespace arena::video
