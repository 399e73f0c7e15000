/// Compares a ring with a model: random sizes, aborts and readers, over many times its capacity.
#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "arenas.hpp"
#include "traffic.hpp"

using namespace arena::tests;

namespace {

constexpr std::uint32_t kCells = 8;
constexpr std::uint64_t kGranules = kPageSize / 64;
constexpr std::uint64_t kMostBytes = 1500;

struct Expected {
  Stamp stamp;
  std::uint64_t byte_length;
  std::uint64_t span;
  bool aborted;
};

/// The model: what a ring with these records and these readers must do next.
class Model {
 public:
  explicit Model(bool overwrite) : overwrite_(overwrite) {}

  bool fits(std::uint64_t span) const {
    if (overwrite_) return true;
    const std::uint64_t from = slowest();
    if (end() - from >= kCells) return false;
    std::uint64_t used = span;
    for (std::uint64_t at = from; at < end(); ++at) used += records_.at(at).span;
    return used <= kGranules;
  }

  void add(const Expected& record) {
    records_[end_++] = record;
    while (overwrite_ && oldest_ < end_ && too_much()) ++oldest_;
  }

  /// The next record of reader `index`, without aborted ones; nothing when it has read all.
  const Expected* next(std::size_t index) {
    std::uint64_t& at = readers[index];
    while (at < end_ && at >= oldest_ && records_.at(at).aborted) ++at;
    return at < end_ && at >= oldest_ ? &records_.at(at) : nullptr;
  }
  /// Number of records that reader `index` has lost, without aborted ones. Moves the reader to the
  /// oldest record that is kept.
  std::uint64_t take_lost(std::size_t index) {
    std::uint64_t lost = 0;
    for (std::uint64_t& at = readers[index]; at < oldest_; ++at) lost += !records_.at(at).aborted;
    return lost;
  }
  std::uint64_t end() const { return end_; }
  std::uint64_t newest_committed(std::uint64_t from) const {
    for (std::uint64_t at = end_; at > std::max(from, oldest_); --at) {
      if (!records_.at(at - 1).aborted) return at - 1;
    }
    return end_;
  }

  std::uint64_t committed_from(std::uint64_t from) const {
    std::uint64_t committed = 0;
    for (std::uint64_t at = std::max(from, oldest_); at < end_; ++at) {
      committed += !records_.at(at).aborted;
    }
    return committed;
  }

  std::vector<std::uint64_t> readers;

 private:
  std::uint64_t slowest() const {
    std::uint64_t slowest = end_;
    for (const std::uint64_t at : readers) slowest = std::min(slowest, at);
    return slowest;
  }
  bool too_much() const {
    std::uint64_t used = 0;
    for (std::uint64_t at = oldest_; at < end_; ++at) used += records_.at(at).span;
    return used > kGranules || end_ - oldest_ > kCells;
  }

  bool overwrite_;
  std::uint64_t end_ = 0, oldest_ = 0;
  std::map<std::uint64_t, Expected> records_;
};

/// Drives a ring and its model with the same random choices.
class Play {
 public:
  Play(WhenFull when_full, std::uint64_t seed, int writers, int readers)
      : arena_(create_arena(ring_config(when_full, kPageSize, kCells))),
        random_(seed),
        model_(when_full == WhenFull::overwrite) {
    for (int i = 0; i < writers; ++i) writers_.push_back(std::make_unique<Writer>(arena_));
    for (int i = 0; i < readers; ++i) {
      readers_.push_back(std::make_unique<BroadcastReader>(arena_, From::oldest));
      model_.readers.push_back(0);
    }
  }

  void step() {
    if (random_.below(2) == 0) {
      write();
    } else if (random_.below(40) == 0) {
      resync(random_.below(readers_.size()));
    } else {
      read(random_.below(readers_.size()));
    }
  }

  /// Reads the remaining records, so that the last ones are checked as well.
  void drain() {
    for (std::size_t index = 0; index < readers_.size(); ++index) {
      while (model_.readers[index] < model_.end()) read(index);
    }
  }

 private:
  void write() {
    const std::uint64_t byte_length = random_.below(4) == 0 ? 0 : random_.below(kMostBytes);
    const Stamp stamp{static_cast<std::uint32_t>(random_.below(writers_.size())), number_++};
    const std::uint64_t span = arena_->queue().span_of(byte_length, sizeof stamp);
    OpenUnit unit;
    Writer& writer = *writers_[stamp.writer];
    const Status status = try_open(writer, stamp, byte_length, unit);
    REQUIRE(status == (model_.fits(span) ? Status::ok : Status::full));
    if (status == Status::full) return;
    const bool abort = random_.below(8) == 0;
    // Sometimes publishes fewer bytes than were acquired.
    const std::uint64_t kept = random_.below(3) == 0 ? random_.below(byte_length + 1) : byte_length;
    if (abort) {
      writer.abort(unit);
    } else {
      REQUIRE(writer.commit(unit, kept) == Status::ok);
    }
    model_.add({stamp, kept, span, abort});
  }

  void read(std::size_t index) {
    BroadcastReader& reader = *readers_[index];
    if (const std::uint64_t lost = model_.take_lost(index)) {
      const std::uint64_t before = reader.lost();
      Received received;
      REQUIRE(try_read(reader, received) == Status::lapped);
      REQUIRE(reader.lost() - before == lost);
    }
    Received received;
    const Expected* expected = model_.next(index);
    const Status status = try_read(reader, received);
    if (expected == nullptr) {
      REQUIRE(status == Status::empty);
      return;
    }
    REQUIRE(status == Status::ok);
    REQUIRE(received.stamp == expected->stamp);
    REQUIRE(received.byte_length == expected->byte_length);
    REQUIRE(received.intact);
    ++model_.readers[index];
  }

  void resync(std::size_t index) {
    readers_[index]->sync_to_newest();
    std::uint64_t& at = model_.readers[index];
    at = std::max(at, model_.newest_committed(at));
    REQUIRE(readers_[index]->lag() == model_.committed_from(at));
  }

  std::shared_ptr<Attachment> arena_;
  Random random_;
  Model model_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::vector<std::unique_ptr<BroadcastReader>> readers_;
  std::uint32_t number_ = 0;
};

void play(WhenFull when_full) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Play game(when_full, seed, 1 + seed % 3, 1 + seed % 4);
    for (int step = 0; step < 1500; ++step) game.step();
    game.drain();
  }
}

}  // namespace

TEST_CASE("a ring that fails when full delivers every record to every reader, in one order") {
  play(WhenFull::fail);
}

TEST_CASE(
    "a ring that overwrites delivers the kept records and counts the lost ones, without aborts") {
  play(WhenFull::overwrite);
}
