/// A tick every few milliseconds. It interrupts system calls that sleep, and notices a hang.
#pragma once

#include <string>

namespace arena::tests {

/// Begins to tick. Call once in a process. Children do not tick.
void start_ticking();

/// Says which point is tried from now on. Without another call, or a call of `note_progress`,
/// within a minute, the process prints this point and exits with status 1.
void begin_trying(const std::string& what);
/// Says that the child has executed an instruction: on a loaded machine, stepping through a long
/// operation takes minutes.
void note_progress();

}  // namespace arena::tests
