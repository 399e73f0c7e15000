/// The errors of video's core.
#pragma once

#include <string>

#include "failure.hpp"

namespace arena::video {

/// The kinds of errors to which a caller can react.
enum class MediaErrorKind {
  /// The source, the stream or the packets cannot be read, decoded or encoded.
  media,
  /// The work would take more memory than the caller allows.
  too_large,
  /// The caller asked to stop.
  interrupted,
  /// The bytes are not packed packets as pack_into writes them.
  corrupt,
  /// Packed packets come from another layout or another libavcodec.
  incompatible,
  /// An argument is wrong.
  argument,
  /// The memory on which the call worked was taken away.
  moved,
  /// The call does not fit the state of its object.
  state,
  out_of_memory,
  /// A system call failed.
  system,
};

/// Carries the public error code of its kind.
class MediaError : public core::ArenaFailure {
 public:
  MediaError(MediaErrorKind kind, const std::string& message);
  MediaErrorKind kind() const noexcept { return kind_; }

 private:
  MediaErrorKind kind_;
};

}  // namespace arena::video
