#include "media_error.hpp"

namespace arena::video {
namespace {

const char* code_of(MediaErrorKind kind) {
  switch (kind) {
    case MediaErrorKind::media:
      return "ERR_ARENA_MEDIA";
    case MediaErrorKind::too_large:
      return "ERR_ARENA_MEDIA_TOO_LARGE";
    case MediaErrorKind::interrupted:
      return "ERR_ARENA_CLOSED";
    case MediaErrorKind::corrupt:
      return "ERR_ARENA_CORRUPT";
    case MediaErrorKind::incompatible:
      return "ERR_ARENA_INCOMPATIBLE";
    case MediaErrorKind::argument:
      return "ERR_ARENA_INVALID_ARGUMENT";
    case MediaErrorKind::moved:
      return "ERR_ARENA_MOVED";
    case MediaErrorKind::state:
      return "ERR_ARENA_INVALID_STATE";
    case MediaErrorKind::out_of_memory:
      return "ERR_ARENA_OUT_OF_MEMORY";
    case MediaErrorKind::system:
      return "ERR_ARENA_SYSTEM";
  }
  return "ERR_ARENA_MEDIA";
}

}  // namespace

MediaError::MediaError(MediaErrorKind kind, const std::string& message)
    : ArenaFailure(code_of(kind), message), kind_(kind) {}

}  // namespace arena::video
