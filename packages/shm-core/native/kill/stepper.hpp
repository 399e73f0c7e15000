/// A child process that is led through an operation one machine instruction at a time.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "forked.hpp"

namespace arena::tests {

/// The instructions of an operation, in the order in which they are executed.
struct Trace {
  std::vector<std::uint64_t> addresses;
  /// The how-manieth time that address comes, from 1 on.
  std::vector<std::uint32_t> times;
  /// Whether anybody else can have seen that it was executed: it changed what is shared, or called
  /// the system.
  std::vector<bool> seen;
  /// Instructions (by their place above) in which the child slept until it was woken.
  std::vector<std::uint64_t> sleeps;
};

/// Parent and child on one processor: a step is a switch to and fro, and no wake-up of another one.
/// `number` modulo those that this process may use.
void stay_on_processor(std::uint64_t number);

/// Steps a child of its own once; empty when that can be done here.
std::string reason_against_stepping();

class Stepper {
 public:
  /// Forks. The child runs `prepare`, then stops; `operate` is stepped through; then `leave` ends
  /// it.
  Stepper(const std::function<void()>& prepare, const std::function<void()>& operate,
          const std::function<void()>& leave);
  ~Stepper();
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  /// Steps to the end of the operation. `wake` is called when the child sleeps, `changed` after
  /// each instruction: whether memory that others see has changed since.
  Trace trace(const std::function<void()>& wake, const std::function<bool()>& changed);
  /// Stops before instruction `step`, counted from 0; false when the operation is over before.
  bool run_to(const Trace& trace, std::uint64_t step, const std::function<void()>& wake);
  /// Executes one instruction; false when the child sleeps in it, which it then goes on to do.
  bool step();
  pid_t pid() const noexcept { return pid_; }
  bool ended() const noexcept { return *ended_; }
  /// Where it stands, as an offset that addr2line takes; 0 when unknown.
  std::uint64_t instruction() const noexcept;

  /// Ends it here, and collects it.
  void kill() noexcept;
  /// Lets it run on to its end; true when that was its regular one. `wake` as in trace.
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
