/// Threads that come and go on one mapping. They write, read and leave, close with open units and
/// leases, or fall silent in the middle. The other threads take back what a silent thread held.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "arenas.hpp"
#include "traffic.hpp"

namespace arena::tests {

/// Shared by all threads of one round.
class Crowd {
 public:
  Crowd(const RegionConfig& config, std::uint64_t seed);

  /// Runs all threads to their end. Returns one line for each fault.
  std::string run(int writers, int readers, int lives);

 private:
  friend class Actor;

  /// Takes back what the silent threads held. All threads call this, several of them at once.
  void take_back(Attachment& arena);
  void mourn(const Peer& peer);
  void complain(const std::string& fault);
  void note_received(std::uint64_t sequence, Stamp stamp, bool intact);
  void note_committed(const std::vector<Stamp>& stamps);
  void check_everything_came_once(Attachment& arena);
  void check_all_is_given_back(Attachment& arena);

  std::shared_ptr<Region> region_;
  const bool broadcast_;
  const std::uint64_t seed_;
  std::atomic<std::uint32_t> next_writer_{0};
  std::atomic<int> writers_at_work_{0};

  /// SYNC: a thread locks this after the last step of a silent peer, and before it takes back what
  /// the peer held. In the same way the kernel reports an end after the last step of a process.
  std::mutex mutex_;
  std::vector<Peer> silent_;
  std::map<std::uint64_t, Stamp> order_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> committed_, received_;
  std::string faults_;
  /// Silent endpoints. They are destroyed after the round, because a killed process destroys
  /// nothing.
  std::vector<std::shared_ptr<void>> graves_;
};

}  // namespace arena::tests
