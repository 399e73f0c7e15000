#include "stream.hpp"

#include <algorithm>

namespace arena::core {

bool Stream::admit() noexcept {
  std::uint64_t found = control_.stream.load(std::memory_order_seq_cst);
  for (;;) {
    StreamWord next = StreamWord::unpack(found);
    const bool admitted = next.admits();
    ++(admitted ? next.came : next.refused);
    // SYNC: seq_cst, after the member was stored. A reader whose word counts us also finds our
    // member, or finds that we have left.
    if (control_.stream.compare_exchange_weak(found, next.pack(), std::memory_order_seq_cst)) {
      return admitted;
    }
  }
}

void Stream::declare_end() noexcept {
  control_.stream.fetch_or(StreamWord{.declared = true}.pack(), std::memory_order_seq_cst);
}

Status Stream::state(std::uint64_t& seen) const noexcept {
  // SYNC: seq_cst, loaded before the members; pairs with admit().
  seen = control_.stream.load(std::memory_order_seq_cst);
  const StreamWord word = StreamWord::unpack(seen);
  if (word.ended) return Status::ended;
  if (peers_.members(Role::writer) > 0) return Status::empty;
  const std::uint32_t history = control_.history.load(std::memory_order_seq_cst);
  const bool all_came = word.declared || (expected_ > 0 && word.came >= expected_);
  if ((history & kWriterClosed) != 0) {
    if (all_came) return Status::ended;
    return expected_ > 0 ? Status::empty : Status::quiet;
  }
  if ((history & kWriterLost) != 0) {
    return all_came || expected_ == 0 ? Status::peer_lost : Status::empty;
  }
  return word.declared ? Status::ended : Status::empty;
}

bool Stream::end(std::uint64_t seen) noexcept {
  const std::uint32_t came = StreamWord::unpack(seen).came;
  std::uint64_t found = control_.stream.load(std::memory_order_seq_cst);
  for (;;) {
    StreamWord next = StreamWord::unpack(found);
    if (next.ended) return true;
    if (next.came != came) return false;
    next.ended = true;
    if (control_.stream.compare_exchange_weak(found, next.pack(), std::memory_order_seq_cst)) {
      return true;
    }
  }
}

void Stream::note_arrival(ArrivalWord who, std::uint32_t& last) noexcept {
  const std::uint64_t word = who.pack();
  // A thread that opens one writer after another gets one entry.
  if (control_.arrivals[last % kKeptArrivals].load(std::memory_order_relaxed) == word) return;
  last = static_cast<std::uint32_t>(control_.arrival_count.fetch_add(1) % kKeptArrivals);
  control_.arrivals[last].store(word, std::memory_order_release);
}

std::vector<ArrivalWord> Stream::arrivals() const {
  const std::uint64_t count = control_.arrival_count.load(std::memory_order_acquire);
  std::vector<ArrivalWord> all(std::min<std::uint64_t>(count, kKeptArrivals));
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = ArrivalWord::unpack(control_.arrivals[i].load(std::memory_order_acquire));
  }
  return all;
}

}  // namespace arena::core
