/// What the core asks of the kernel and of copies, for threads of a simulation. The linker takes
/// these functions in place of futex_linux.cpp, doorbell.cpp, copy.cpp and process_identity.cpp.
#include "substitutes.hpp"

#include <array>
#include <climits>

#include "copy.hpp"
#include "doorbell.hpp"
#include "futex.hpp"
#include "process_identity.hpp"
#include "simulation.hpp"

namespace litmus {
namespace {

std::array<bool, 64> rings;
Shared shared;

std::byte* in_shared(const std::byte* address) {
  auto* const at = const_cast<std::byte*>(address);
  if (at >= shared.records && at < shared.records + 2 * shared.capacity) {
    return shared.records + (at - shared.records) % shared.capacity;
  }
  return at >= shared.segments && at < shared.segments_end ? at : nullptr;
}

}  // namespace

void share(const Shared& memory) {
  shared = memory;
  rings.fill(false);
}

void wait_for_ring(std::uint32_t peer) {
  if (!rings[peer]) sleep_on(&rings[peer]);
  rings[peer] = false;
}

Value load_unit(const std::byte* bytes) {
  std::byte* const at = in_shared(bytes);
  return shared.contested ? relaxed_load(at) : plain_load(at);
}

void store_unit(std::byte* bytes, Value value) {
  std::byte* const at = in_shared(bytes);
  shared.contested ? relaxed_store(at, value) : plain_store(at, value);
}

}  // namespace litmus

namespace arena::core {

void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t key,
                std::chrono::nanoseconds) noexcept {
  if (litmus::simulated() && litmus::kernel_load(&word, sizeof word) == key)
    litmus::sleep_on(&word);
}

int futex_wake(std::atomic<std::uint32_t>& word, int count) noexcept {
  return litmus::simulated() ? litmus::wake(&word, count) : 0;
}

Doorbell::Doorbell() : read_fd_(-1), write_fd_(-1), inode_(0) {}
Doorbell::~Doorbell() = default;
void Doorbell::drain() noexcept {}

DoorbellRinger::DoorbellRinger(PeerSlot* peers, std::uint32_t) : peers_(peers) {}
DoorbellRinger::~DoorbellRinger() = default;
void DoorbellRinger::forget_gone() noexcept {}

/// A byte in a pipe. It carries nothing but the ring: what the ringer knows is not handed on.
bool DoorbellRinger::ring(std::uint32_t index) noexcept {
  litmus::rings[index] = true;
  if (litmus::simulated()) litmus::wake(&litmus::rings[index], INT_MAX);
  return true;
}

Progress DoorbellRinger::ring_from(std::uint32_t index) const noexcept {
  return peers_[index].ring_from.load(std::memory_order_relaxed);
}

void copy_bytes(std::byte* target, const std::byte* source, std::size_t size, CopyMethod) noexcept {
  if (size == 0) return;
  litmus::Value value = 0;
  if (!litmus::simulated()) return;
  if (litmus::in_shared(source) != nullptr) {
    value = litmus::load_unit(source);
  } else {
    std::memcpy(&value, source, sizeof value);
  }
  if (litmus::in_shared(target) != nullptr) return litmus::store_unit(target, value);
  std::memcpy(target, &value, sizeof value);
}

void copy_bytes(std::byte* target, const std::byte* source, std::size_t size) noexcept {
  copy_bytes(target, source, size, CopyMethod::plain);
}

std::optional<std::uint64_t> start_time_of(std::uint32_t) { return 1; }
ProcessIdentity this_process() { return {1, 1}; }
std::uint64_t pid_namespace() { return 1; }
std::array<std::uint8_t, 16> boot_id() { return {}; }
std::optional<ProcessWatch> ProcessWatch::open(ProcessIdentity) { return std::nullopt; }
ProcessWatch::~ProcessWatch() = default;
ProcessWatch::ProcessWatch(ProcessWatch&&) noexcept : fd_(-1) {}
ProcessWatch& ProcessWatch::operator=(ProcessWatch&&) noexcept { return *this; }
bool ProcessWatch::dead() const { return false; }

}  // namespace arena::core
