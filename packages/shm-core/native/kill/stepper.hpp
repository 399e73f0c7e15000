/// Steps a child process through an operation, one machine instruction at a time.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "forked.hpp"

namespace arena::tests {

/// The instructions of an operation, in the order of execution.
struct Trace {
  std::vector<std::uint64_t> addresses;
  /// How often the address has come so far, counted from 1.
  std::vector<std::uint32_t> times;
  /// Whether another process can see that the instruction was executed: it changed a shared byte,
  /// or called the system.
  std::vector<bool> seen;
  /// Indices of instructions in which the child slept until it was woken.
  std::vector<std::uint64_t> sleeps;
};

/// Keeps parent and child on one processor, so that a step is a switch of processes and wakes no
/// other processor. `number` counts the usable processors, modulo their number.
void stay_on_processor(std::uint64_t number);

/// Steps a child once. Returns why that is impossible here, or an empty text.
std::string reason_against_stepping();

class Stepper {
 public:
  /// Forks. The child runs `prepare`, then stops. The parent steps the child through `operate`.
  /// Then the child runs `leave` and ends.
  Stepper(const std::function<void()>& prepare, const std::function<void()>& operate,
          const std::function<void()>& leave);
  ~Stepper();
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  /// Steps to the end of the operation. Calls `wake` when the child sleeps. Calls `changed` after
  /// each instruction: it tells whether shared memory has changed since its last call.
  Trace trace(const std::function<void()>& wake, const std::function<bool()>& changed);
  /// Stops before instruction `step`, counted from 0. False when the operation ends before: an
  /// operation that reads a clock or /proc does not execute the same instructions every time.
  bool run_to(const Trace& trace, std::uint64_t step, const std::function<void()>& wake);
  /// Executes one instruction. False when the child sleeps in it, and goes on sleeping.
  bool step();
  pid_t pid() const noexcept { return pid_; }
  bool ended() const noexcept { return *ended_; }
  /// The child's instruction, as an offset for addr2line; 0 when unknown.
  std::uint64_t instruction() const noexcept;

  /// Kills the child, and collects it.
  void kill() noexcept;
  /// Lets the child run to its end. True when it ends regularly. `wake` as in trace.
  bool run_on(const std::function<void()>& wake);

 private:
  /// Waits for the next stop, waking the child when it sleeps.
  void await_stop(const std::function<void()>& wake);
  void resume(int request);
  bool step_to(std::uint64_t step, const std::function<void()>& wake);
  bool break_at(std::uint64_t address, std::uint32_t time, const std::function<void()>& wake);
  bool set_breakpoint(std::uint64_t address, bool enabled) noexcept;
  std::uint64_t address() const noexcept;
  bool calls_system_at(std::uint64_t address) const noexcept;

  Shared<std::atomic<bool>> ended_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool asleep_ = false;
  bool collected_ = false;
};

}  // namespace arena::tests
