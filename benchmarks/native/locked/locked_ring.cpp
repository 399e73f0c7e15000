#include "locked_ring.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "copy.hpp"

namespace arena::locked {
namespace {

constexpr std::uint64_t kPageSize = 4096;
constexpr std::uint64_t kStateBytes = (sizeof(State) + kPageSize - 1) / kPageSize * kPageSize;

[[noreturn]] void fail(const char* call, int code = errno) {
  throw std::system_error(code, std::generic_category(), call);
}

/// Shares the ring with other readers while it exists.
class ForRead {
 public:
  explicit ForRead(State& state) : state_(state) { state_.lock.enter_as_reader(); }
  ~ForRead() {
    state_.lock.leave_as_reader();
    if (state_.waiting_for_room == 0) return;
    acquire(state_.lock.lock);
    state_.room.notify(1);
    sem_post(&state_.lock.lock);
  }
  ForRead(const ForRead&) = delete;
  ForRead& operator=(const ForRead&) = delete;

 private:
  State& state_;
};

/// Has the ring alone while it exists.
class ForWrite {
 public:
  explicit ForWrite(State& state) : state_(state) { state_.lock.enter_as_writer(); }
  ~ForWrite() { state_.lock.leave_as_writer(); }
  ForWrite(const ForWrite&) = delete;
  ForWrite& operator=(const ForWrite&) = delete;

 private:
  State& state_;
};

}  // namespace

LockedRing::LockedRing(std::uint64_t slots, std::uint64_t slot_bytes) {
  fd_ = memfd_create("arena-locked-ring", MFD_CLOEXEC);
  if (fd_ < 0) fail("memfd_create");
  const std::uint64_t size = kStateBytes + slots * slot_bytes;
  const int code = posix_fallocate(fd_, 0, static_cast<off_t>(size));
  if (code != 0) fail("posix_fallocate", code);
  map(size);
  state_->lock.initialize();
  state_->room.initialize();
  state_->slots = slots;
  state_->slot_bytes = slot_bytes;
}

LockedRing::LockedRing(const std::string& handle) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("prctl");
  fd_ = open(("/proc/" + handle).c_str(), O_RDWR | O_CLOEXEC);
  if (fd_ < 0) fail("open");
  struct stat found {};
  if (fstat(fd_, &found) != 0) fail("fstat");
  map(static_cast<std::uint64_t>(found.st_size));
}

LockedRing::~LockedRing() {
  if (state_ != nullptr) munmap(state_, size_);
  if (fd_ >= 0) close(fd_);
}

void LockedRing::map(std::uint64_t size) {
  // Populated, as arena's own regions are, because first touches are not compared.
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd_, 0);
  if (memory == MAP_FAILED) fail("mmap");
  state_ = static_cast<State*>(memory);
  size_ = size;
}

std::string LockedRing::handle() const {
  return std::to_string(getpid()) + "/fd/" + std::to_string(fd_);
}

std::byte* LockedRing::slot(std::uint64_t sequence) const noexcept {
  const std::uint64_t index = sequence % state_->slots;
  return reinterpret_cast<std::byte*>(state_) + kStateBytes + index * state_->slot_bytes;
}

void LockedRing::add_writer() {
  ForWrite inside(*state_);
  ++state_->active_writers;
}

std::uint32_t LockedRing::add_reader() {
  ForWrite inside(*state_);
  if (state_->readers == kMaxReaders) fail("LockedRing::add_reader", EUSERS);
  const std::uint32_t reader = state_->readers++;
  state_->read[reader] = state_->written.load();
  return reader;
}

bool LockedRing::full() const noexcept {
  for (std::uint32_t reader = 0; reader < state_->readers; ++reader) {
    if (state_->written - state_->read[reader] >= state_->slots) return true;
  }
  return false;
}

bool LockedRing::try_write(const std::byte* record) {
  ForWrite inside(*state_);
  if (full()) return false;
  core::copy_bytes(slot(state_->written), record, state_->slot_bytes);
  ++state_->written;
  return true;
}

bool LockedRing::wait_for_room(std::uint32_t milliseconds) {
  acquire(state_->lock.lock);
  ++state_->waiting_for_room;
  bool told = true;
  while (full() && told) told = state_->room.wait(state_->lock.lock, milliseconds);
  --state_->waiting_for_room;
  const bool room = !full();
  sem_post(&state_->lock.lock);
  return room;
}

void LockedRing::writer_done() {
  ForWrite inside(*state_);
  --state_->active_writers;
}

ReadOutcome LockedRing::read(std::uint32_t reader, std::byte* target, std::uint32_t milliseconds,
                             std::uint64_t& behind) {
  ForRead inside(*state_);
  const std::uint64_t at = state_->read[reader];
  if (at == state_->written && state_->active_writers > 0 && milliseconds > 0) {
    state_->lock.wait_for_writer(milliseconds);
  }
  behind = state_->written - at;
  if (behind == 0) return state_->active_writers > 0 ? ReadOutcome::nothing : ReadOutcome::ended;
  core::copy_bytes(target, slot(at), state_->slot_bytes);
  ++state_->read[reader];
  return ReadOutcome::record;
}

}  // namespace arena::locked
