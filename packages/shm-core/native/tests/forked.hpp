/// Real child processes. A child runs one function and ends, and runs no other code of the test.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <new>

namespace arena::tests {

/// A child process. The destructor kills and collects it.
class Forked {
 public:
  /// `body` returns whether the child succeeded. An exception is printed, and counts as a failure.
  explicit Forked(const std::function<bool()>& body);
  ~Forked();
  Forked(Forked&& other) noexcept;
  Forked& operator=(Forked&& other) noexcept;
  Forked(const Forked&) = delete;

  pid_t pid() const noexcept { return pid_; }
  /// Kills the child with SIGKILL and collects it.
  void kill() noexcept;
  /// Returns once every thread of the child is stopped.
  void stop() noexcept;
  void resume() noexcept;
  /// Waits for the end of the child. True when `body` returned true.
  bool succeeded() noexcept;
  /// Whether the child runs. Collects the child if it has ended.
  bool running() noexcept;

 private:
  pid_t pid_ = -1;
  int status_ = -1;
  bool collected_ = false;
};

void* allocate_shared(std::size_t size);
void free_shared(void* memory, std::size_t size);

/// Memory that a test shares with its children.
template <typename T>
class Shared {
 public:
  Shared() : value_(new(allocate_shared(sizeof(T))) T{}) {}
  ~Shared() { free_shared(value_, sizeof(T)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  T* operator->() const noexcept { return value_; }
  T& operator*() const noexcept { return *value_; }

 private:
  T* value_;
};

}  // namespace arena::tests
