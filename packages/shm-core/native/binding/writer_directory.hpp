/// The writers of one environment.
#pragma once

#include <unordered_set>

namespace arena::binding {

class WriterWrap;

/// Finds the open unit that memory belongs to. This is intentional: looking at every writer costs
/// nothing where nobody asks, and marking every unit's buffer would cost each of them.
class WriterDirectory {
 public:
  void add(WriterWrap& writer) { writers_.insert(&writer); }
  void remove(WriterWrap& writer) noexcept { writers_.erase(&writer); }
  const std::unordered_set<WriterWrap*>& writers() const noexcept { return writers_; }

 private:
  std::unordered_set<WriterWrap*> writers_;
};

}  // namespace arena::binding
