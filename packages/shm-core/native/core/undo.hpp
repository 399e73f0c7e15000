/// Undoes the work of a scope when an exception leaves the scope before forget() was called.
#pragma once

#include <utility>

namespace arena::core {

template <typename Action>
class Undo {
 public:
  /// `action` must not throw.
  explicit Undo(Action action) : action_(std::move(action)) {}
  ~Undo() {
    if (pending_) action_();
  }
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;

  void forget() noexcept { pending_ = false; }

 private:
  Action action_;
  bool pending_ = true;
};

}  // namespace arena::core
