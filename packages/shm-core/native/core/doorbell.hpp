/// Wakes an event loop in another process by one byte in a pipe, and only when the loop asked for
/// it.
#pragma once

#include <cstdint>
#include <vector>

#include "interprocess_condition.hpp"
#include "layout.hpp"

namespace arena::core {

/// The pipe of one attachment. The event loop watches the read end. Peers open the write end
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

/// Rings other peers' doorbells, and keeps the write ends open.
class DoorbellRinger final : public Ringer {
 public:
  DoorbellRinger(PeerSlot* peers, std::uint32_t peer_count);
  ~DoorbellRinger();
  DoorbellRinger(const DoorbellRinger&) = delete;
  DoorbellRinger& operator=(const DoorbellRinger&) = delete;

  bool ring(std::uint32_t index) noexcept override;
  Progress ring_from(std::uint32_t index) const noexcept override;
  /// Closes the write ends of peers that have left.
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
