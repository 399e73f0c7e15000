#include "av_log.hpp"

#include <cstdarg>
#include <mutex>
#include <set>

#include "av_ptr.hpp"

namespace arena::video {
namespace {

thread_local LogSink* log_sink = nullptr;

/// One mutex guards every sink, because lines are rare.
std::mutex sinks_mutex;
/// Another addon of this process may use libav as well, with pointers of its own for `opaque`.
/// Never destroyed, because libav's threads may log until the process has ended.
std::set<const void*>& sinks = *new std::set<const void*>;

const void* sink_for(void* context) {
  if (log_sink != nullptr || context == nullptr) return log_sink;
  if (*static_cast<const AVClass* const*>(context) != avcodec_get_class()) return nullptr;
  return static_cast<const AVCodecContext*>(context)->opaque;
}

void collect_log(void* context, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR) return;
  const void* sink = sink_for(context);
  if (sink == nullptr) return;
  char buffer[256];
  int print_prefix = 0;
  av_log_format_line2(context, level, format, arguments, buffer, sizeof buffer, &print_prefix);
  std::string line = buffer;
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.pop_back();
  LogSink::add(sink, line);
}

void install_log_callback() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(collect_log); });
}

}  // namespace

LogSink::LogSink(int steps) : steps_(steps) {
  const std::lock_guard lock(sinks_mutex);
  sinks.insert(this);
}

LogSink::~LogSink() {
  const std::lock_guard lock(sinks_mutex);
  sinks.erase(this);
}

void LogSink::step() {
  const std::lock_guard lock(sinks_mutex);
  if (!line_.empty() && ++age_ > steps_) line_.clear();
}

std::string LogSink::line() const {
  const std::lock_guard lock(sinks_mutex);
  return line_;
}

void LogSink::add(const void* sink, const std::string& line) {
  const std::lock_guard lock(sinks_mutex);
  if (!sinks.contains(sink)) return;
  auto& to = *static_cast<LogSink*>(const_cast<void*>(sink));
  if (!to.line_.empty()) return;
  to.line_ = line;
  to.age_ = 0;
}

LogScope::LogScope(LogSink& sink) : outer_(log_sink) {
  install_log_callback();
  log_sink = &sink;
}

LogScope::~LogScope() { log_sink = outer_; }

std::string LogScope::first_error() {
  return log_sink == nullptr ? std::string() : log_sink->line();
}

}  // namespace arena::video
