#include "media_error.hpp"

#include <cstdarg>
#include <cstdio>
#include <mutex>

#include "av_ptr.hpp"

namespace arena::video {
namespace {

thread_local std::string* log_sink = nullptr;

void collect_log(void* context, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR || log_sink == nullptr || !log_sink->empty()) return;
  char line[256];
  int print_prefix = 0;
  av_log_format_line2(context, level, format, arguments, line, sizeof line, &print_prefix);
  *log_sink = line;
  while (!log_sink->empty() && static_cast<unsigned char>(log_sink->back()) <= ' ') {
    log_sink->pop_back();
  }
}

void install_log_callback() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(collect_log); });
}

MediaErrorKind kind_of(int averror) {
  switch (averror) {
    case AVERROR_EXIT:
      return MediaErrorKind::kInterrupted;
    case AVERROR(ENOMEM):
      return MediaErrorKind::kOutOfMemory;
    default:
      return MediaErrorKind::kMedia;
  }
}

}  // namespace

void throw_av_error(int averror, const std::string& what) {
  char reason[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(averror, reason, sizeof reason);
  std::string message = what + ": " + reason;
  const std::string logged = LogScope::first_error();
  if (!logged.empty()) message += " (" + logged + ")";
  throw MediaError(kind_of(averror), message);
}

int check_av(int result, const char* what) {
  if (result < 0) throw_av_error(result, what);
  return result;
}

LogScope::LogScope() : outer_(log_sink) {
  install_log_callback();
  log_sink = &line_;
}

LogScope::~LogScope() { log_sink = outer_; }

std::string LogScope::first_error() { return log_sink == nullptr ? std::string() : *log_sink; }

}  // namespace arena::video
