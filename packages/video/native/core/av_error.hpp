/// libav's return codes as errors of this package.
#pragma once

#include <string>

#include "media_error.hpp"

namespace arena::video {

/// Throws what `averror` (a negative libav return code) means; `what` names the step that failed.
/// Adds the first error line that libav logged inside the innermost LogScope.
[[noreturn]] void throw_av_error(int averror, const std::string& what);

/// Returns `result`, or throws as throw_av_error does when it is negative.
int check_av(int result, const char* what);

}  // namespace arena::video
