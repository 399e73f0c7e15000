/// How the core of video says no.
#pragma once

#include <string>

#include "failure.hpp"

namespace arena::video {

/// What went wrong, as far as a caller can act on it.
enum class MediaErrorKind {
  /// The source, the stream or the packets cannot be read, decoded or encoded.
  media,
  /// The work would take more memory than the caller allows.
  too_large,
  /// The caller asked to stop.
  interrupted,
  /// Packed packets are not what pack_into wrote.
  corrupt,
  /// Packed packets come from another layout or another libavcodec.
  incompatible,
  /// An argument is wrong.
  argument,
  /// The memory that the work is done on was taken away.
  moved,
  /// The call does not fit the state of its object.
  state,
  out_of_memory,
  /// A system call failed.
  system,
};

/// Carries the public error code that its kind stands for.
class MediaError : public core::ArenaFailure {
 public:
  MediaError(MediaErrorKind kind, const std::string& message);
  MediaErrorKind kind() const noexcept { return kind_; }

 private:
  MediaErrorKind kind_;
};

}  // namespace arena::video
