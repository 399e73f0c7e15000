#include "forked.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>
#include <utility>

namespace arena::tests {
namespace {

int outcome_of(const std::function<bool()>& body) {
  try {
    return body() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "child process: %s\n", error.what());
    return 2;
  }
}

}  // namespace

Forked::Forked(const std::function<bool()>& body) {
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ > 0) return;
  // When a test is killed from outside, its children end with it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // No destructor of the parent's objects may run here: it would leave the arena for the parent.
  ::_exit(outcome_of(body));
}

Forked::Forked(Forked&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_), collected_(other.collected_) {}

Forked& Forked::operator=(Forked&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(status_, other.status_);
  std::swap(collected_, other.collected_);
  return *this;
}

Forked::~Forked() {
  if (pid_ > 0) kill();
}

void Forked::kill() noexcept {
  if (collected_) return;
  ::kill(pid_, SIGKILL);
  succeeded();
}

void Forked::stop() noexcept {
  ::kill(pid_, SIGSTOP);
  int status = 0;
  ::waitpid(pid_, &status, WUNTRACED);
}

void Forked::resume() noexcept { ::kill(pid_, SIGCONT); }

bool Forked::succeeded() noexcept {
  while (!collected_) collected_ = ::waitpid(pid_, &status_, 0) == pid_ || errno != EINTR;
  return WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
}

bool Forked::running() noexcept {
  if (!collected_) collected_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return !collected_;
}

void* allocate_shared(std::size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

void free_shared(void* memory, std::size_t size) { ::munmap(memory, size); }

}  // namespace arena::tests
