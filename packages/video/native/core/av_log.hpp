/// What libav logs: the only place where it names the reason of an error ("moov atom not found").
#pragma once

#include <limits>
#include <string>

namespace arena::video {

/// Keeps the first error line of those that libav logs about one matter, on whichever threads.
class LogSink {
 public:
  /// @param steps A line is forgotten after so many steps: damage that was concealed explains no
  ///   later failure.
  explicit LogSink(int steps = std::numeric_limits<int>::max());
  ~LogSink();
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  void step();
  std::string line() const;

  /// Adds a line to `sink`. Does nothing if that pointer is no sink, or no longer one.
  static void add(const void* sink, const std::string& line);

 private:
  int steps_;
  int age_ = 0;
  std::string line_;
};

/// Collects libav's error lines of the current thread, so that exceptions can carry the reason.
/// Nothing is printed. What a decoder's own threads log goes to the LogSink that its context's
/// `opaque` points to.
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
