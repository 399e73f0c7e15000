/// A tick every few milliseconds. It interrupts system calls that sleep, and notices a hang.
#pragma once

#include <string>

namespace arena::tests {

/// Begins to tick. Call once in a process. Children do not tick.
void start_ticking();

/// Says which point is tried from now on. Without another call within a minute, the process prints
/// this point and exits with status 1.
void begin_trying(const std::string& what);

}  // namespace arena::tests
