/// Real child processes. A child runs one function and ends without running anything of the test.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <new>

namespace arena::tests {

/// Ended and collected when it goes out of scope, if not before.
class Forked {
 public:
  /// `body` returns whether all was well; an exception is printed and means it was not.
  explicit Forked(const std::function<bool()>& body);
  ~Forked();
  Forked(Forked&& other) noexcept;
  Forked& operator=(Forked&& other) noexcept;
  Forked(const Forked&) = delete;

  pid_t pid() const noexcept { return pid_; }
  /// SIGKILLs and collects it.
  void kill() noexcept;
  /// Returns once every thread of it is stopped.
  void stop() noexcept;
  void resume() noexcept;
  /// Waits for its end; true when `body` returned true.
  bool succeeded() noexcept;
  /// Collects it if it has ended.
  bool running() noexcept;

 private:
  pid_t pid_ = -1;
  int status_ = -1;
  bool collected_ = false;
};

void* allocate_shared(std::size_t size);
void free_shared(void* memory, std::size_t size);

/// Memory that a test shares with its children, for what they saw and how far they are.
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
