/// libav's log lines. libav names the reason of an error only there ("moov atom not found").
#pragma once

#include <limits>
#include <string>

namespace arena::video {

/// Keeps the first error line that libav's threads log about one decoder or demuxer.
class LogSink {
 public:
  /// @param steps A line is forgotten after this many steps, because concealed damage does not
  ///   explain a later failure.
  explicit LogSink(int steps = std::numeric_limits<int>::max());
  ~LogSink();
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  void step();
  std::string line() const;

  /// Adds a line to `sink`. Does nothing when the pointer is not, or no longer, a sink.
  static void add(const void* sink, const std::string& line);

 private:
  int steps_;
  int age_ = 0;
  std::string line_;
};

/// Collects libav's error lines of the current thread, so that exceptions can carry the reason.
/// Nothing is printed. Lines of a decoder's own threads go to the LogSink to which the `opaque` of
/// its context points.
class LogScope {
 public:
  LogScope() : LogScope(own_) {}
  explicit LogScope(LogSink& sink);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;
  /// The first error line of the innermost scope; empty without one.
  static std::string first_error();

 private:
  LogSink own_;
  LogSink* outer_;
};

}  // namespace arena::video
