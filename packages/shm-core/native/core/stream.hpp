/// Where a stream ends: which writers have come, and whether others may still come.
///
/// The end is one bit in one word, beside the number of writers that have come. A reader sets it
/// with the number that it saw, so a writer that comes meanwhile makes that fail. A writer counts
/// itself in the same word and is refused once the bit is set. An ended stream stays ended.
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

  /// Counts a writer that has become a member. False, and counted as refused, when the stream has
  /// ended or its end was declared.
  bool admit() noexcept;
  bool admits() const noexcept { return word().admits(); }
  /// No further writer is admitted; the stream ends once those that are there have left.
  void declare_end() noexcept;

  /// What it means to a reader that there is nothing to read: `empty` while a writer is there or
  /// expected, `ended`, `quiet` when all that came have closed and nobody knows how many will come,
  /// `peer_lost` when all that came have died. `seen` is what `end` needs.
  Status state(std::uint64_t& seen) const noexcept;
  /// Ends the stream, unless a writer has come since `state` left `seen`. True when it has ended.
  bool end(std::uint64_t seen) noexcept;

  StreamWord word() const noexcept {
    return StreamWord::unpack(control_.stream.load(std::memory_order_seq_cst));
  }

  /// Remembers who has joined. `last` is where the same thread's arrival was noted before.
  void note_arrival(ArrivalWord who, std::uint32_t& last) noexcept;
  std::vector<ArrivalWord> arrivals() const;

 private:
  Control& control_;
  const PeerTable& peers_;
  std::uint32_t expected_;
};

}  // namespace arena::core
