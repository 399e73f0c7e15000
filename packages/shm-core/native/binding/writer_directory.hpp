/// The writers of one environment.
#pragma once

#include <unordered_set>

namespace arena::binding {

class WriterWrap;

/// Finds the open unit that memory belongs to. This is intentional: a search through all writers
/// costs only the calls that ask. A mark on the buffer of every unit would cost every unit.
class WriterDirectory {
 public:
  void add(WriterWrap& writer) { writers_.insert(&writer); }
  void remove(WriterWrap& writer) noexcept { writers_.erase(&writer); }
  const std::unordered_set<WriterWrap*>& writers() const noexcept { return writers_; }

 private:
  std::unordered_set<WriterWrap*> writers_;
};

}  // namespace arena::binding
