/// What is to be done if a scope is left by an exception before its work was kept.
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
