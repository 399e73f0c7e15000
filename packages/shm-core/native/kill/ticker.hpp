/// A tick every few milliseconds, which interrupts system calls that sleep, and notices a hang.
#pragma once

#include <string>

namespace arena::tests {

/// Begins to tick; once for the process. Children do not tick.
void start_ticking();

/// What is tried from now on. When the next call does not come within a minute, this is printed and
/// the process ends with status 1.
void begin_trying(const std::string& what);

}  // namespace arena::tests
