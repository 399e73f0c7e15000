/// Waking an event loop in another process: one byte into a pipe, and only when it asked for it.
#pragma once

#include <cstdint>
#include <vector>

#include "interprocess_condition.hpp"
#include "layout.hpp"

namespace arena::core {

/// The pipe of one attachment. Its read end is watched by the event loop; peers open the write end
/// through /proc/<pid>/fd.
class Doorbell {
 public:
  Doorbell();
  ~Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  int read_fd() const noexcept { return read_fd_; }
  std::uint64_t inode() const noexcept { return inode_; }
  /// Takes all rings so far.
  void drain() noexcept;

 private:
  int read_fd_;
  int write_fd_;
  std::uint64_t inode_;
};

/// Rings other peers' doorbells, keeping their write ends open.
class DoorbellRinger final : public Ringer {
 public:
  DoorbellRinger(PeerSlot* peers, std::uint32_t peer_count);
  ~DoorbellRinger();
  DoorbellRinger(const DoorbellRinger&) = delete;
  DoorbellRinger& operator=(const DoorbellRinger&) = delete;

  bool ring(std::uint32_t index) noexcept override;
  Progress ring_from(std::uint32_t index) const noexcept override;
  /// Closes what led to peers that are no longer there.
  void forget_gone() noexcept;

 private:
  struct Line {
    std::uint64_t peer_state = 0;
    int fd = -1;
  };
  int open_line(std::uint32_t index, std::uint64_t peer_state) noexcept;

  PeerSlot* peers_;
  std::vector<Line> lines_;
};

}  // namespace arena::core
