#pragma once

#include <limits>
#include <stdexcept>
#include <string>

namespace arena::video {

/// What went wrong, as far as a caller can act on it.
enum class MediaErrorKind {
  kMedia,         ///< the source, the stream or the packets cannot be read, decoded or encoded
  kInterrupted,   ///< the caller asked to stop
  kCorrupt,       ///< packed packets are not what pack_into wrote
  kIncompatible,  ///< packed packets come from another layout or another libavcodec
  kArgument,      ///< the call itself is wrong
  kOutOfMemory,
  kSystem,  ///< a system call failed
};

class MediaError : public std::runtime_error {
 public:
  MediaError(MediaErrorKind kind, const std::string& message)
      : std::runtime_error(message), kind_(kind) {}
  MediaErrorKind kind() const noexcept { return kind_; }

 private:
  MediaErrorKind kind_;
};

/// Throws what `averror` (a negative libav return code) means; `what` names the step that failed.
/// Adds the last line that libav logged on this thread inside the innermost LogScope.
[[noreturn]] void throw_av_error(int averror, const std::string& what);

/// Returns `result`, or throws as throw_av_error does when it is negative.
int check_av(int result, const char* what);

/// Keeps the first error line of those that libav logs about one matter, on whichever threads.
class LogSink {
 public:
  /// @param steps How many steps a line is kept: what is concealed explains no later failure.
  explicit LogSink(int steps = std::numeric_limits<int>::max());
  ~LogSink();
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  void step();
  std::string line() const;

  /// Adds a line to `sink`, unless that is not, or no longer, a sink.
  static void add(const void* sink, const std::string& line);

 private:
  int steps_;
  int age_ = 0;
  std::string line_;
};

/// Collects libav's error lines of the current thread, so that exceptions can carry the reason.
///
/// libav names a reason ("moov atom not found") only in its log. Nothing is printed. What a
/// decoder's own threads log goes to the LogSink that its context's `opaque` points to.
class LogScope {
 public:
  LogScope() : LogScope(own_) {}
  explicit LogScope(LogSink& sink);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;
  static std::string first_error();

 private:
  LogSink own_;
  LogSink* outer_;
};

}  // namespace arena::video
