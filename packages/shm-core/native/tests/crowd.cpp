#include "crowd.hpp"

#include <thread>

#include "actor.hpp"
#include "recovery.hpp"

namespace arena::tests {

Crowd::Crowd(const RegionConfig& config, std::uint64_t seed)
    : region_(create_region(config)),
      broadcast_(config.kind == Kind::ring || config.broadcast != 0),
      seed_(seed) {}

std::string Crowd::run(int writers, int readers, int lives) {
  writers_at_work_ = writers;
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([this, i, lives] { Actor(*this, seed_ * 64 + i).write(lives); });
  }
  for (int i = 0; i < readers; ++i) {
    threads.emplace_back([this, i] { Actor(*this, seed_ * 64 + 32 + i).read(); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto arena = attach(region_);
  take_back(*arena);
  if (!broadcast_) check_everything_came_once(*arena);
  check_all_is_given_back(*arena);
  graves_.clear();
  return faults_;
}

void Crowd::take_back(Attachment& arena) {
  std::vector<Peer> silent;
  {
    const std::lock_guard lock(mutex_);
    silent = silent_;
  }
  for (const Peer& peer : silent) recover(arena, peer);
  if (silent.empty()) return;
  arena.wake_everybody();
  const std::lock_guard lock(mutex_);
  std::erase_if(silent_, [&](const Peer& peer) {
    const PeerState now = arena.peers().state(peer.index);
    return now.generation != peer.state.generation || now.phase == PeerPhase::free;
  });
}

void Crowd::mourn(const Peer& peer) {
  const std::lock_guard lock(mutex_);
  silent_.push_back(peer);
}

void Crowd::complain(const std::string& fault) {
  const std::lock_guard lock(mutex_);
  faults_ += fault + '\n';
}

void Crowd::note_received(std::uint64_t sequence, Stamp stamp, bool intact) {
  const std::lock_guard lock(mutex_);
  if (!intact) faults_ += "a unit came torn\n";
  ++received_[{stamp.writer, stamp.number}];
  const auto [known, first] = order_.emplace(sequence, stamp);
  if (!first && (!broadcast_ || known->second != stamp)) {
    faults_ += "a place in the order was given twice\n";
  }
}

void Crowd::note_committed(const std::vector<Stamp>& stamps) {
  const std::lock_guard lock(mutex_);
  for (const Stamp& stamp : stamps) ++committed_[{stamp.writer, stamp.number}];
}

/// Reads the remaining units, then compares the received units with the committed ones.
void Crowd::check_everything_came_once(Attachment& arena) {
  const auto opened_reader = open_reader(attach(region_), From::oldest);
  Reader& reader = *opened_reader;
  for (TakenUnit unit; reader.take(unit) == Status::ok; reader.release(unit)) {
    Received received;
    try_finish(reader, unit, received);
    note_received(unit.view.sequence, received.stamp, received.intact);
  }
  if (received_ != committed_) {
    complain("committed " + std::to_string(committed_.size()) + " units, received " +
             std::to_string(received_.size()) + ", or some of them more than once");
  }
  if (arena.peers().members(Role::reader) != 1) complain("a reader is left over");
}

void Crowd::check_all_is_given_back(Attachment& arena) {
  if (arena.peers().members(Role::writer) + arena.peers().members(Role::reader) != 0) {
    complain("a peer is left over");
  }
  for (std::uint32_t index = 0; index < arena.peers().count(); ++index) {
    if (arena.peers().state(index).phase != PeerPhase::free) complain("a place is left over");
  }
  Writer writer(attach(region_));
  const auto opened_reader = open_reader(attach(region_), From::next);
  Reader& reader = *opened_reader;
  for (std::uint32_t number = 0; number < 100; ++number) {
    const Stamp stamp{next_writer_, number};
    Received received;
    const Status wrote = try_write(writer, stamp, number % 256);
    if (wrote != Status::ok || try_read(reader, received) != Status::ok ||
        received.stamp != stamp || !received.intact) {
      complain("the arena does not work any more, at unit " + std::to_string(number));
      return;
    }
  }
  // An overwriting fan-out keeps units for later readers: their segments are not free, and no peer
  // holds them.
  std::uint32_t held = arena.segments().leased_count();
  for (std::uint32_t index = 0; index < arena.segments().count(); ++index) {
    held += arena.segments().word(index).phase == SegmentPhase::open;
  }
  if (held > 0) complain(std::to_string(held) + " segments are lost");
}

}  // namespace arena::tests
