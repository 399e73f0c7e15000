#include "av_error.hpp"

#include <cstdio>
#include <optional>

#include "av_log.hpp"
#include "av_ptr.hpp"
#include "interrupt.hpp"
#include "picture_limit.hpp"

namespace arena::video {
namespace {

/// The size of the pictures that libav has refused. libav reports the size only in its log.
std::optional<PictureSize> refused_size(const std::string& line) {
  static constexpr char kRefused[] = "Picture size ";
  const auto at = line.find(kRefused);
  if (at == std::string::npos) return {};
  PictureSize size{};
  const int read =
      std::sscanf(line.c_str() + at + sizeof kRefused - 1, "%ux%u", &size.width, &size.height);
  if (read != 2 || size.width == 0 || size.height == 0) return {};
  return size;
}

}  // namespace

void throw_av_error(int averror, const std::string& what) {
  if (averror == AVERROR_EXIT) throw_interrupted();
  const std::string logged = LogScope::first_error();
  if (const auto size = refused_size(logged)) throw_pictures_too_large(what, *size);
  char reason[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(averror, reason, sizeof reason);
  std::string message = what + ": " + reason;
  if (!logged.empty()) message += " (" + logged + ")";
  throw MediaError(
      averror == AVERROR(ENOMEM) ? MediaErrorKind::out_of_memory : MediaErrorKind::media, message);
}

int check_av(int result, const char* what) {
  if (result < 0) throw_av_error(result, what);
  return result;
}

}  // namespace arena::video
