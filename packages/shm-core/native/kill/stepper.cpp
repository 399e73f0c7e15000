#include "stepper.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <unordered_map>

#include "ticker.hpp"

extern "C" char __executable_start;

namespace arena::tests {
namespace {

/// A step takes microseconds. A child that the kernel has asleep at this many ticks in a row sleeps
/// in a system call.
constexpr int kAsleepTicks = 2;
/// A longer operation counts as one that does not end.
constexpr std::size_t kMostSteps = 2'000'000;
/// One hit of a breakpoint costs as much as this many steps.
constexpr std::uint64_t kStepsPerHit = 4;

[[noreturn]] void run_child(const std::function<void()>& prepare,
                            const std::function<void()>& operate,
                            const std::function<void()>& leave, std::atomic<bool>& ended) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(errno);
  try {
    prepare();
    ::raise(SIGSTOP);
    operate();
    ended = true;
    ::raise(SIGSTOP);
    leave();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "child process: %s\n", error.what());
    ::_exit(2);
  }
  ::_exit(0);
}

/// Whether the kernel has `pid` asleep. A process that waits for a processor is not asleep, and on
/// a loaded machine may wait for many ticks.
bool sleeps(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  // The state follows the name. The name stands in parentheses and may contain parentheses.
  const std::size_t name_end = line.rfind(')');
  return name_end != std::string::npos && line.compare(name_end, 3, ") S") == 0;
}

/// Waits for the next change of `pid`'s state. False when the process sleeps.
bool wait_for(pid_t pid, int& status) {
  for (int asleep = 0; asleep < kAsleepTicks;) {
    if (::waitpid(pid, &status, 0) == pid) return true;
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
    asleep = sleeps(pid) ? asleep + 1 : 0;
  }
  return false;
}

}  // namespace

void stay_on_processor(std::uint64_t number) {
  cpu_set_t usable, here;
  if (::sched_getaffinity(0, sizeof usable, &usable) != 0) return;
  number %= static_cast<std::uint64_t>(CPU_COUNT(&usable));
  int cpu = 0;
  for (;; ++cpu) {
    if (CPU_ISSET(cpu, &usable) && number-- == 0) break;
  }
  CPU_ZERO(&here);
  CPU_SET(cpu, &here);
  ::sched_setaffinity(0, sizeof here, &here);
}

std::string reason_against_stepping() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(errno);
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  int status = 0;
  std::string reason;
  if (pid < 0 || ::waitpid(pid, &status, WUNTRACED) != pid) {
    return std::strerror(errno);
  }
  if (WIFEXITED(status))
    return std::string("PTRACE_TRACEME: ") + std::strerror(WEXITSTATUS(status));
  if (::ptrace(PTRACE_SINGLESTEP, pid, nullptr, nullptr) != 0) {
    reason = std::string("PTRACE_SINGLESTEP: ") + std::strerror(errno);
  } else if (::waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
             WSTOPSIG(status) != SIGTRAP) {
    reason = "a single step does not stop";
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, &status, 0);
  return reason;
}

Stepper::Stepper(const std::function<void()>& prepare, const std::function<void()>& operate,
                 const std::function<void()>& leave) {
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) run_child(prepare, operate, leave, *ended_);
  await_stop([] {});
}

Stepper::~Stepper() { kill(); }

void Stepper::resume(int request) {
  // A sleeping child was resumed already.
  if (!asleep_) ::ptrace(static_cast<__ptrace_request>(request), pid_, nullptr, nullptr);
}

void Stepper::await_stop(const std::function<void()>& wake) {
  while (!wait_for(pid_, status_)) wake();
  asleep_ = false;
  if (WIFSTOPPED(status_)) return;
  collected_ = true;
  throw std::runtime_error("the child ended before or in its operation");
}

bool Stepper::step() {
  resume(PTRACE_SINGLESTEP);
  asleep_ = !wait_for(pid_, status_);
  if (!asleep_) note_progress();
  return !asleep_;
}

Trace Stepper::trace(const std::function<void()>& wake, const std::function<bool()>& changed) {
  Trace trace;
  std::unordered_map<std::uint64_t, std::uint32_t> times;
  while (!ended()) {
    if (trace.addresses.size() > kMostSteps) throw std::runtime_error("the operation does not end");
    const std::uint64_t at = address();
    trace.addresses.push_back(at);
    trace.times.push_back(++times[at]);
    const bool calls = calls_system_at(at);
    if (!step()) {
      trace.sleeps.push_back(trace.addresses.size() - 1);
      await_stop(wake);
    }
    // Call changed() after every instruction, so that the next instruction does not get this
    // change.
    trace.seen.push_back(changed() || calls);
  }
  return trace;
}

bool Stepper::run_to(const Trace& trace, std::uint64_t step, const std::function<void()>& wake) {
  if (step == 0) return true;
  const std::uint64_t at = std::min<std::uint64_t>(step, trace.addresses.size() - 1);
  const std::uint32_t time = trace.times[at];
  if (at != step || time * kStepsPerHit > step || !set_breakpoint(trace.addresses[at], true)) {
    return step_to(step, wake);
  }
  return break_at(trace.addresses[at], time, wake);
}

bool Stepper::step_to(std::uint64_t step, const std::function<void()>& wake) {
  for (std::uint64_t at = 0; at < step && !ended(); ++at) {
    if (!this->step()) await_stop(wake);
  }
  return !ended();
}

bool Stepper::break_at(std::uint64_t address, std::uint32_t time,
                       const std::function<void()>& wake) {
  for (std::uint32_t hit = 0; hit < time; ++hit) {
    resume(PTRACE_CONT);
    await_stop(wake);
    if (ended()) break;
  }
  set_breakpoint(address, false);
  return !ended();
}

#if defined(__x86_64__)
bool Stepper::set_breakpoint(std::uint64_t address, bool enabled) noexcept {
  const auto poke = [&](int number, std::uint64_t value) {
    const std::size_t offset = offsetof(struct user, u_debugreg) + number * sizeof(long);
    return ::ptrace(PTRACE_POKEUSER, pid_, offset, value) == 0;
  };
  // Debug register 7 controls the others: bit 0 makes register 0 a breakpoint for execution.
  return poke(7, 0) && poke(0, address) && poke(7, enabled ? 1 : 0);
}

std::uint64_t Stepper::address() const noexcept {
  return static_cast<std::uint64_t>(
      ::ptrace(PTRACE_PEEKUSER, pid_, offsetof(struct user, regs.rip), nullptr));
}

bool Stepper::calls_system_at(std::uint64_t address) const noexcept {
  constexpr long kSyscall = 0x050f;
  return (::ptrace(PTRACE_PEEKTEXT, pid_, address, nullptr) & 0xffff) == kSyscall;
}
#else
bool Stepper::set_breakpoint(std::uint64_t, bool) noexcept { return false; }

std::uint64_t Stepper::address() const noexcept { return 0; }

/// Unknown on this processor, so every instruction counts as a system call.
bool Stepper::calls_system_at(std::uint64_t) const noexcept { return true; }
#endif

std::uint64_t Stepper::instruction() const noexcept {
  return address() - reinterpret_cast<std::uint64_t>(&__executable_start);
}

void Stepper::kill() noexcept {
  if (collected_) return;
  ::kill(pid_, SIGKILL);
  do {
    while (!wait_for(pid_, status_)) {
    }
  } while (WIFSTOPPED(status_));
  collected_ = true;
}

bool Stepper::run_on(const std::function<void()>& wake) {
  // Run to the second stop, at the end of the operation.
  while (!(ended() && !asleep_ && WIFSTOPPED(status_) && WSTOPSIG(status_) == SIGSTOP)) {
    resume(PTRACE_CONT);
    await_stop(wake);
  }
  ::ptrace(PTRACE_DETACH, pid_, nullptr, nullptr);
  while (!wait_for(pid_, status_)) wake();
  collected_ = true;
  return WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
}

}  // namespace arena::tests
