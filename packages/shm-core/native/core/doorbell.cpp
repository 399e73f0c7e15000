#include "doorbell.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "peer_state.hpp"

namespace arena::core {

Doorbell::Doorbell() {
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  read_fd_ = ends[0];
  write_fd_ = ends[1];
  struct stat status {};
  inode_ = ::fstat(read_fd_, &status) == 0 ? status.st_ino : 0;
}

Doorbell::~Doorbell() {
  ::close(read_fd_);
  ::close(write_fd_);
}

void Doorbell::drain() noexcept {
  char bytes[512];
  while (::read(read_fd_, bytes, sizeof bytes) == static_cast<ssize_t>(sizeof bytes)) {
  }
}

DoorbellRinger::DoorbellRinger(PeerSlot* peers, std::uint32_t peer_count)
    : peers_(peers), lines_(peer_count) {}

DoorbellRinger::~DoorbellRinger() {
  for (const Line& line : lines_) {
    if (line.fd >= 0) ::close(line.fd);
  }
}

bool DoorbellRinger::ring(std::uint32_t index) noexcept {
  if (index >= lines_.size()) return false;
  // SYNC: acquire; pairs with the release in PeerTable::join(): the slot's pipe is this peer's
  // pipe.
  const std::uint64_t state = peers_[index].state.load(std::memory_order_acquire);
  Line& line = lines_[index];
  if (line.fd < 0 || line.peer_state != state) line.fd = open_line(index, state);
  // A full pipe has rung already. A peer that cannot be reached looks again within 100 ms.
  if (line.fd >= 0 && ::write(line.fd, "", 1) < 0 && errno == EPIPE) {
    ::close(line.fd);
    line.fd = -1;
  }
  return line.fd >= 0;
}

Progress DoorbellRinger::ring_from(std::uint32_t index) const noexcept {
  if (index >= lines_.size()) return 0;
  // SYNC: relaxed; the owner stores the value before it arms its bit, and we have seen the bit.
  return peers_[index].ring_from.load(std::memory_order_relaxed);
}

void DoorbellRinger::forget_gone() noexcept {
  for (std::uint32_t index = 0; index < lines_.size(); ++index) {
    Line& line = lines_[index];
    if (line.fd < 0 || line.peer_state == peers_[index].state.load(std::memory_order_acquire)) {
      continue;
    }
    ::close(line.fd);
    line.fd = -1;
  }
}

int DoorbellRinger::open_line(std::uint32_t index, std::uint64_t peer_state) noexcept {
  Line& line = lines_[index];
  if (line.fd >= 0) ::close(line.fd);
  line.peer_state = peer_state;
  const std::uint64_t fd = peers_[index].doorbell_fd.load(std::memory_order_relaxed);
  const std::uint64_t inode = peers_[index].doorbell_inode.load(std::memory_order_relaxed);
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%u/fd/%d", PeerState::unpack(peer_state).pid,
                static_cast<int>(fd));
  // Write only into the pipe that its owner announced. The descriptor may mean another file by now.
  struct stat status {};
  const auto announced = [&] { return S_ISFIFO(status.st_mode) && status.st_ino == inode; };
  // Check before the open as well: opening some devices has an effect.
  if (::stat(path, &status) != 0 || !announced()) return -1;
  const int opened = ::open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (opened < 0) return -1;
  if (::fstat(opened, &status) != 0 || !announced()) {
    ::close(opened);
    return -1;
  }
  return opened;
}

}  // namespace arena::core
