/// Runs a command under counters, and writes them where the command can read them:
///
///     counter [--cpu LIST] [--event TYPE:CONFIG] [--trace] -- COMMAND...
///
/// `--cpu` keeps the command on these CPUs. `--event` opens a counter of perf_event_open, over all
/// threads and processes of the command; the command reads it from the file descriptor that
/// ARENA_PERF_EVENT names. `--trace` counts the system calls and wake-ups of all threads and
/// processes by ptrace. They stand in a page of memory, whose file descriptor ARENA_PERF_PAGE
/// names. counted.cpp, which LD_PRELOAD loads into the command, adds copies and allocations to that
/// page.
///
/// Ends as the command does. A counter that this kernel refuses is named on stderr, and left out.
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>

#include "page.hpp"

namespace {

struct Options {
  std::string cpus;
  std::string event;
  bool trace = false;
  char** command = nullptr;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int at = 1; at < argc; ++at) {
    const std::string word = argv[at];
    if (word == "--") {
      options.command = argv + at + 1;
      break;
    }
    if (word == "--trace") options.trace = true;
    if (word == "--cpu" && at + 1 < argc) options.cpus = argv[++at];
    if (word == "--event" && at + 1 < argc) options.event = argv[++at];
  }
  return options;
}

void refuse(const char* counter) {
  std::fprintf(stderr, "counter: %s: %s\n", counter, std::strerror(errno));
}

void keep_on(const std::string& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const char* at = cpus.c_str(); *at != '\0';) {
    char* end = nullptr;
    CPU_SET(std::strtoul(at, &end, 10), &set);
    at = *end == ',' ? end + 1 : end;
    if (end == nullptr || (*end != ',' && *end != '\0')) break;
  }
  if (sched_setaffinity(0, sizeof set, &set) != 0) refuse("sched_setaffinity");
}

/// The descriptor stays open in the command, which reads eight bytes from it.
void open_event(const std::string& event) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = static_cast<std::uint32_t>(std::strtoul(event.c_str(), nullptr, 10));
  const auto colon = event.find(':');
  attributes.config =
      colon == std::string::npos ? 0 : std::strtoull(event.c_str() + colon + 1, nullptr, 10);
  attributes.inherit = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  const long fd = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
  if (fd < 0) return refuse("perf_event_open");
  setenv("ARENA_PERF_EVENT", std::to_string(fd).c_str(), 1);
}

Page* open_page() {
  const int fd = memfd_create("arena-perf", 0);
  if (fd < 0 || ftruncate(fd, sizeof(Page)) != 0) {
    refuse("memfd_create");
    return nullptr;
  }
  setenv("ARENA_PERF_PAGE", std::to_string(fd).c_str(), 1);
  void* page = mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return page == MAP_FAILED ? nullptr : static_cast<Page*>(page);
}

[[noreturn]] void become(char** command) {
  execvp(command[0], command);
  refuse(command[0]);
  _exit(127);
}

/// A wake-up of another thread: a futex wake, or a few bytes into a pipe or an eventfd.
bool is_wake_up(const __ptrace_syscall_info& info) {
  const auto& call = info.entry;
  if (call.nr == SYS_futex) {
    const int operation = static_cast<int>(call.args[1]) & FUTEX_CMD_MASK;
    return operation == FUTEX_WAKE || operation == FUTEX_WAKE_BITSET;
  }
  return call.nr == SYS_write && call.args[2] <= 8;
}

/// Memory comes and goes as the garbage collector likes: its calls say nothing about an item.
bool is_of_memory(std::uint64_t number) {
  return number == SYS_mmap || number == SYS_munmap || number == SYS_madvise ||
         number == SYS_mprotect || number == SYS_brk || number == SYS_sched_yield;
}

void count_call(pid_t thread, Page& page) {
  __ptrace_syscall_info info{};
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) return;
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY || is_of_memory(info.entry.nr)) return;
  add(page.system_calls, 1);
  if (is_wake_up(info)) add(page.wake_ups, 1);
}

/// The signal to hand to a stopped thread; 0 where ptrace itself stopped it.
int signal_of(int status, bool first_stop) {
  const int signal = WSTOPSIG(status);
  if (signal == (SIGTRAP | 0x80) || status >> 16 != 0) return 0;
  return first_stop && signal == SIGSTOP ? 0 : signal;
}

/// Lets every thread run from one system call to the next, until all have ended.
int trace(pid_t command, Page& page) {
  std::set<pid_t> seen;
  int ended_with = 1;
  for (;;) {
    int status = 0;
    const pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0) return ended_with;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (thread == command) {
        ended_with = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      }
      continue;
    }
    const bool first_stop = seen.insert(thread).second;
    if (WSTOPSIG(status) == (SIGTRAP | 0x80)) count_call(thread, page);
    ptrace(PTRACE_SYSCALL, thread, nullptr, signal_of(status, first_stop));
  }
}

int run_traced(char** command, Page& page) {
  const pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
      // The command runs all the same, and sees that system calls were not counted.
      refuse("ptrace");
      page.traced = 0;
      become(command);
    }
    raise(SIGSTOP);
    become(command);
  }
  page.traced = 1;
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSTOPPED(status)) {
    constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                              PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    ptrace(PTRACE_SETOPTIONS, child, nullptr, kOptions);
    ptrace(PTRACE_SYSCALL, child, nullptr, 0);
    return trace(child, page);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (options.command == nullptr || options.command[0] == nullptr) {
    std::fprintf(stderr, "counter [--cpu LIST] [--event TYPE:CONFIG] [--trace] -- COMMAND...\n");
    return 2;
  }
  if (!options.cpus.empty()) keep_on(options.cpus);
  if (!options.event.empty()) open_event(options.event);
  if (!options.trace) become(options.command);
  Page* page = open_page();
  if (page == nullptr) become(options.command);
  return run_traced(options.command, *page);
}
