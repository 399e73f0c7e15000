#pragma once

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

/// Collects libav's error lines of the current thread, so that exceptions can carry the reason.
///
/// libav names a reason ("moov atom not found") only in its log. Nothing is printed.
class LogScope {
 public:
  LogScope();
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;
  static std::string first_error();

 private:
  std::string line_;
  std::string* outer_;
};

}  // namespace arena::video
