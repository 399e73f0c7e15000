#include "actor.hpp"

#include <algorithm>
#include <span>
#include <thread>

#include "recovery.hpp"

namespace arena::tests {
namespace {

constexpr std::uint64_t kSteps = 60;
constexpr std::uint64_t kMostLeases = 2;

std::uint64_t largest_unit(const RegionConfig& config) {
  return config.kind == Kind::pool ? config.segment_size : config.capacity / 3;
}

}  // namespace

Actor::Actor(Crowd& crowd, std::uint64_t seed)
    : crowd_(crowd), random_(seed), arena_(attach(crowd.region_)) {}

template <typename Endpoint>
void Actor::fall_silent(std::shared_ptr<Endpoint> endpoint) {
  const Peer peer = endpoint->peer();
  {
    const std::lock_guard lock(crowd_.mutex_);
    crowd_.graves_.push_back(endpoint);
  }
  crowd_.mourn(peer);
}

template <typename Endpoint>
void Actor::end(std::shared_ptr<Endpoint> endpoint) {
  if (one_in(3)) return fall_silent(std::move(endpoint));
  if (one_in(2)) endpoint->close();
  endpoint.reset();
  if (one_in(4)) arena_ = attach(crowd_.region_);
}

void Actor::write(int lives) {
  for (; lives > 0; --lives) write_one_life();
  --crowd_.writers_at_work_;
}

void Actor::write_one_life() {
  crowd_.take_back(*arena_);
  const auto writer = std::make_shared<Writer>(arena_);
  Stamp next{crowd_.next_writer_++, 0};
  std::vector<Stamp> committed;
  bool alive = true;
  for (std::uint64_t step = random_.below(kSteps); step > 0 && alive; --step) {
    alive = write_one(*writer, next, committed);
  }
  crowd_.note_committed(committed);
  alive ? end(writer) : fall_silent(writer);
}

bool Actor::write_one(Writer& writer, Stamp& next, std::vector<Stamp>& committed) {
  const std::uint64_t most = largest_unit(arena_->region().config());
  const std::uint64_t byte_length = one_in(4) ? 0 : random_.below(most + 1);
  OpenUnit unit;
  Status status = Status::full;
  for (;;) {
    status = try_open(writer, next, byte_length, unit);
    if (status != Status::full) break;
    crowd_.take_back(*arena_);
    if (writer.wait(writer.placement(byte_length, sizeof(Stamp)), after_ms(2)) ==
        Status::peer_lost) {
      std::this_thread::yield();
    }
  }
  if (status != Status::ok) {
    crowd_.complain("a unit that fits was not opened");
    return true;
  }
  if (one_in(50)) return false;
  if (one_in(8)) {
    writer.abort(unit);
    return true;
  }
  if (!commit(writer, unit, byte_length)) return true;
  committed.push_back(next);
  ++next.number;
  return true;
}

bool Actor::commit(Writer& writer, OpenUnit& unit, std::uint64_t byte_length) {
  for (;;) {
    const Status status = writer.commit(unit, byte_length);
    if (status == Status::ok) return true;
    if (status != Status::full) {
      crowd_.complain("an open unit was not committed");
      return false;
    }
    crowd_.take_back(*arena_);
  }
}

void Actor::read() {
  do {
    read_one_life();
  } while (crowd_.writers_at_work_ > 0);
}

void Actor::read_one_life() {
  crowd_.take_back(*arena_);
  const From from = crowd_.broadcast_ ? static_cast<From>(random_.below(3)) : From::oldest;
  const auto reader = std::shared_ptr<Reader>(open_reader(arena_, from));
  leases_.clear();
  next_of_writer_.clear();
  last_sequence_.reset();
  bool alive = true;
  for (std::uint64_t step = random_.below(4 * kSteps); step > 0 && alive; --step) {
    const bool last = crowd_.writers_at_work_ == 0;
    TakenUnit unit;
    const Status status = reader->take(unit);
    if (status == Status::ok) {
      alive = take_one(*reader, unit);
    } else if (status == Status::lapped) {
      next_of_writer_.clear();
    } else if (last) {
      break;
    } else if (status == Status::empty) {
      // Without this, readers that hold every segment would wait for writers that wait for a
      // segment.
      release_some(*reader, 0);
      reader->wait(after_ms(2));
    } else {
      std::this_thread::yield();
    }
    BroadcastReader* const all_seeing = as_broadcast(*reader);
    if (all_seeing != nullptr && one_in(100)) {
      all_seeing->sync_to_newest();
      next_of_writer_.clear();
    }
  }
  if (!alive) return fall_silent(reader);
  if (one_in(2)) reader->close();
  // Leases outlive the close. When this actor falls silent, the others take them back.
  if (!one_in(4) || !reader->closed()) release_some(*reader, 0);
  if (!leases_.empty()) return fall_silent(reader);
  end(reader);
}

bool Actor::take_one(Reader& reader, const TakenUnit& unit) {
  if (one_in(60)) return false;
  if (one_in(16)) {
    reader.give_back(unit);
    return true;
  }
  Received received;
  if (try_finish(reader, unit, received) != Status::ok) return true;
  check_order(unit, received.stamp);
  crowd_.note_received(unit.view.sequence, received.stamp, received.intact);
  if (unit.leased) leases_.push_back(unit);
  release_some(reader, random_.below(kMostLeases + 1));
  return true;
}

void Actor::check_order(const TakenUnit& unit, Stamp stamp) {
  if (!crowd_.broadcast_) return;
  if (last_sequence_ && unit.view.sequence <= *last_sequence_) {
    crowd_.complain("a reader went back in the order");
  }
  last_sequence_ = unit.view.sequence;
  const auto expected = next_of_writer_.find(stamp.writer);
  if (expected != next_of_writer_.end() && expected->second != stamp.number) {
    crowd_.complain("a reader missed a unit, or saw one twice");
  }
  next_of_writer_[stamp.writer] = stamp.number + 1;
}

void Actor::release_some(Reader& reader, std::size_t kept) {
  while (leases_.size() > kept) {
    std::swap(leases_[random_.below(leases_.size())], leases_.back());
    const TakenUnit unit = leases_.back();
    leases_.pop_back();
    // Nobody reuses the segment of a lease that is still ours, so its bytes are unchanged.
    Stamp stamp;
    std::ranges::copy_n(unit.view.envelope, sizeof stamp,
                        std::as_writable_bytes(std::span(&stamp, 1)).begin());
    if (!is_filled(unit.view.bytes, unit.view.byte_length, stamp)) {
      crowd_.complain("a leased segment was written to");
    }
    reader.release(unit);
  }
}

}  // namespace arena::tests
