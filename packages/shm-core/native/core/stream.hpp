/// Where a stream ends: how many writers have come, and whether further writers may come.
///
/// The end is one bit in one word, beside the number of writers that have come. A reader sets the
/// bit by a compare-and-swap from the number that the reader saw. That fails when a writer has come
/// meanwhile. A writer counts itself in the same word, and is refused once the bit is set. An ended
/// stream stays ended.
#pragma once

#include <vector>

#include "failure.hpp"
#include "peers.hpp"
#include "region.hpp"

namespace arena::core {

class Stream {
 public:
  Stream(const Region& region, const PeerTable& peers)
      : control_(region.control()), peers_(peers), expected_(region.config().writers) {}

  /// Counts a writer that has become a member. False when the stream has ended or its end was
  /// declared; then the writer counts as refused.
  bool admit() noexcept;
  bool admits() const noexcept { return word().admits(); }
  /// Admits no further writer. The stream ends once the present writers have left.
  void declare_end() noexcept;

  /// What an empty queue means to a reader:
  ///   empty      a writer is present or expected
  ///   ended      no unit will come
  ///   quiet      all writers that came have closed, and the number of writers is not known
  ///   peer_lost  all writers that came have died
  /// Sets `seen` to the value that `end` needs.
  Status state(std::uint64_t& seen) const noexcept;
  /// Ends the stream, unless a writer has come since `state` set `seen`. True when the stream has
  /// ended.
  bool end(std::uint64_t seen) noexcept;

  StreamWord word() const noexcept {
    return StreamWord::unpack(control_.stream.load(std::memory_order_seq_cst));
  }

  /// Remembers the thread that has joined. `last` is the index of this thread's previous entry.
  void note_arrival(ArrivalWord who, std::uint32_t& last) noexcept;
  std::vector<ArrivalWord> arrivals() const;

 private:
  Control& control_;
  const PeerTable& peers_;
  std::uint32_t expected_;
};

}  // namespace arena::core
