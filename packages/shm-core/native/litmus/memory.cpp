#include "memory.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace litmus {
namespace {

/// Stores may come between two others, so times have gaps.
constexpr Time kGap = 1 << 12;

Value bytes_at(const void* address, std::size_t size) {
  Value value = 0;
  std::memcpy(&value, address, size);
  return value;
}

}  // namespace

View& View::operator=(const View& other) noexcept {
  std::copy_n(other.times_.begin(), other.size_, times_.begin());
  size_ = other.size_;
  return *this;
}

void View::raise(std::size_t location, Time to) {
  if (location >= kMost) throw std::logic_error("more locations than a view has room for");
  while (size_ <= location) times_[size_++] = 0;
  times_[location] = std::max(times_[location], to);
}

void View::join(const View& other) {
  while (size_ < other.size_) times_[size_++] = 0;
  for (std::size_t i = 0; i < other.size_; ++i) times_[i] = std::max(times_[i], other.times_[i]);
}

Memory::~Memory() {
  for (const Location& one : locations_) {
    if (one.address != nullptr) std::memcpy(one.address, &one.initial, one.size);
  }
}

std::size_t Memory::locate(void* address, std::size_t size) {
  const auto [found, fresh] = known_.try_emplace(address, locations_.size());
  if (!fresh) return found->second;
  const Value initial = bytes_at(address, size);
  locations_.push_back({address, size, initial, {}, 0, {}});
  locations_.back().history.push_back({initial, 0, {}, false});
  return found->second;
}

std::size_t Memory::readable(std::size_t thread, std::size_t location,
                             std::memory_order order) const {
  const std::vector<Message>& history = locations_[location].history;
  Time oldest = threads_[thread].current.at(location);
  if (seq_cst_accesses_ && order == std::memory_order_seq_cst) {
    oldest = std::max(oldest, total_.at(location));
  }
  std::size_t number = 0;
  while (number < history.size() && history[history.size() - 1 - number].time >= oldest) ++number;
  return number;
}

Value Memory::load(std::size_t thread, void* address, std::size_t size, std::memory_order order) {
  const std::size_t location = locate(address, size);
  const std::size_t options = readable(thread, location, order);
  const std::size_t back = options > 1 ? chooser_.choose(options) : 0;
  return read(thread, location, locations_[location].history.size() - 1 - back, order);
}

Value Memory::read(std::size_t thread, std::size_t location, std::size_t message,
                   std::memory_order order) {
  const Message& found = locations_[location].history[message];
  Thread& self = threads_[thread];
  self.current.raise(location, found.time);
  self.acquired.raise(location, found.time);
  self.acquired.join(found.released);
  if (acquires(order)) self.current.join(found.released);
  if (seq_cst_accesses_ && order == std::memory_order_seq_cst) total_.raise(location, found.time);
  return found.value;
}

void Memory::store(std::size_t thread, void* address, std::size_t size, Value value,
                   std::memory_order order) {
  const std::size_t location = locate(address, size);
  const std::vector<Message>& history = locations_[location].history;
  Time oldest = threads_[thread].current.at(location);
  if (seq_cst_accesses_ && order == std::memory_order_seq_cst) {
    oldest = std::max(oldest, total_.at(location));
  }
  // The store comes last, or before values that this thread does not know of.
  std::vector<std::size_t> places{history.size()};
  for (std::size_t at = history.size() - 1; at > 0 && history[at].time > oldest; --at) {
    if (!history[at].glued) places.push_back(at);
  }
  const std::size_t chosen = places.size() > 1 ? chooser_.choose(places.size()) : 0;
  append(thread, location, places[chosen], {value, 0, {}, false}, order);
}

void Memory::replace(std::size_t thread, std::size_t location, Value value,
                     std::memory_order order) {
  const std::size_t last = locations_[location].history.size() - 1;
  read(thread, location, last, order);
  // What was released with the value before is released with this one too.
  const View carried = locations_[location].history[last].released;
  append(thread, location, last + 1, {value, 0, carried, true}, order);
}

void Memory::append(std::size_t thread, std::size_t location, std::size_t at, Message message,
                    std::memory_order order) {
  Location& here = locations_[location];
  Thread& self = threads_[thread];
  const Time before = here.history[at - 1].time;
  message.time =
      at == here.history.size() ? before + kGap : before + (here.history[at].time - before) / 2;
  if (message.time == before) throw std::logic_error("too many stores between two others");
  self.current.raise(location, message.time);
  self.acquired.raise(location, message.time);
  message.released.join(releases(order) ? self.current : self.released);
  message.released.raise(location, message.time);
  if (seq_cst_accesses_ && order == std::memory_order_seq_cst) {
    total_.raise(location, message.time);
  }
  here.history.insert(here.history.begin() + static_cast<std::ptrdiff_t>(at), std::move(message));
  // Code that runs outside of the simulation finds the newest value.
  std::memcpy(here.address, &here.history.back().value, here.size);
}

void Memory::fence(std::size_t thread, std::memory_order order) {
  Thread& self = threads_[thread];
  if (acquires(order)) self.current.join(self.acquired);
  if (order == std::memory_order_seq_cst) {
    self.current.join(total_);
    total_.join(self.current);
    self.acquired.join(self.current);
  }
  if (releases(order)) self.released = self.current;
}

Memory::Location& Memory::plain(void* address, std::size_t& location) {
  location = locate(address, sizeof(Value));
  if (locations_[location].loads != 0) return locations_[location];
  const std::size_t first = locations_.size();
  for (std::size_t i = 0; i < threads_.size(); ++i) locations_.push_back({});
  locations_[location].loads = first;
  locations_[location].loaded.resize(threads_.size());
  return locations_[location];
}

Value Memory::plain_load(std::size_t thread, void* address) {
  std::size_t location = 0;
  Location& here = plain(address, location);
  Thread& self = threads_[thread];
  if (self.current.at(location) != here.history.back().time) {
    throw std::runtime_error("a race: bytes are read that another thread may be writing");
  }
  const std::size_t mine = here.loads + thread;
  self.current.raise(mine, ++here.loaded[thread]);
  return here.history.back().value;
}

void Memory::plain_store(std::size_t thread, void* address, Value value) {
  std::size_t location = 0;
  const Location& here = plain(address, location);
  const View& current = threads_[thread].current;
  if (current.at(location) != here.history.back().time) {
    throw std::runtime_error("a race: bytes are written that another thread may be writing");
  }
  for (std::size_t other = 0; other < threads_.size(); ++other) {
    if (other != thread && current.at(here.loads + other) != here.loaded[other]) {
      throw std::runtime_error("a race: bytes are written that another thread may be reading");
    }
  }
  append(thread, location, here.history.size(), {value, 0, {}, false}, std::memory_order_relaxed);
}

}  // namespace litmus
