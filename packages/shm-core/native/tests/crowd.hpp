/// Threads that come and go on one mapping: they write, read, leave, close over open units and
/// leases, or fall silent in the middle and are taken back by the others.
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

/// What all threads of one round share, beside the arena.
class Crowd {
 public:
  Crowd(const RegionConfig& config, std::uint64_t seed);

  /// Runs everybody to the end. Returns what went wrong, one line each.
  std::string run(int writers, int readers, int lives);

 private:
  friend class Actor;

  /// Takes back what the silent ones held: everybody does, and several at once.
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

  /// SYNC: whoever takes a silent peer's things back has locked this after that peer's last act, as
  /// the kernel's report of an end comes after all that a process did.
  std::mutex mutex_;
  std::vector<Peer> silent_;
  std::map<std::uint64_t, Stamp> order_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> committed_, received_;
  std::string faults_;
  /// Endpoints that fell silent: not destroyed before the round is over, as a killed process
  /// destroys nothing.
  std::vector<std::shared_ptr<void>> graves_;
};

}  // namespace arena::tests
