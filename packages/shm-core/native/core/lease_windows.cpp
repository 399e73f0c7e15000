#include "lease_windows.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

#include "failure.hpp"
#include "layout.hpp"

namespace arena::core {
namespace {

/// Reserving costs only addresses, and a process has 128 TiB of them.
constexpr std::size_t kProcessWindows = std::size_t{256} << 30;
constexpr std::size_t kFewestWindows = std::size_t{1} << 20;

/// Reserves addresses without memory.
void* reserve(void* at, std::size_t size) noexcept {
  const int fixed = at == nullptr ? 0 : MAP_FIXED;
  return ::mmap(at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
}

[[noreturn]] void out_of_addresses(std::size_t size) {
  throw ArenaFailure("ERR_ARENA_OUT_OF_MEMORY",
                     "cannot map a hardened lease of " + std::to_string(size) +
                         " bytes: this process may map no more. Release leases, or raise "
                         "vm.max_map_count or the limit on addresses (ulimit -v).");
}

}  // namespace

LeaseWindows::LeaseWindows(std::size_t size) : size_(size) {
  void* base = reserve(nullptr, size_);
  while (base == MAP_FAILED && size_ / 2 >= kFewestWindows) {
    size_ /= 2;
    base = reserve(nullptr, size_);
  }
  if (base == MAP_FAILED) out_of_addresses(size_);
  base_ = next_ = static_cast<std::byte*>(base);
}

LeaseWindows::~LeaseWindows() { ::munmap(base_, size_); }

LeaseWindows& LeaseWindows::of_process() {
  static auto* const windows = new LeaseWindows(kProcessWindows);
  return *windows;
}

/// The next `size` bytes in turn that no open window covers; null when there are none.
std::byte* LeaseWindows::vacant(std::size_t size) {
  std::byte* const end = base_ + size_;
  std::byte* at = next_;
  for (bool wrapped = false;;) {
    auto obstacle = open_.upper_bound(at);
    if (obstacle != open_.begin()) {
      const auto before = std::prev(obstacle);
      if (before->first + before->second > at) at = before->first + before->second;
    }
    const bool fits = size <= static_cast<std::size_t>(end - at);
    if (fits && (obstacle == open_.end() || at + size <= obstacle->first)) return at;
    if (fits) {
      at = obstacle->first;
    } else if (wrapped) {
      return nullptr;
    } else {
      wrapped = true;
      at = base_;
    }
  }
}

std::byte* LeaseWindows::open(int fd, std::uint64_t offset, std::size_t size) {
  const std::scoped_lock lock(mutex_);
  const std::size_t taken = align_up(size, kPageSize) + kPageSize;
  std::byte* const at = vacant(taken);
  if (at == nullptr) out_of_addresses(size);
  const auto entry = open_.emplace(at, taken).first;
  const int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  if (::mmap(at, taken - kPageSize, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd,
             static_cast<off_t>(offset)) == MAP_FAILED) {
    open_.erase(entry);
    if (errno == ENOMEM) out_of_addresses(size);
    throw std::system_error(errno, std::generic_category(), "mmap");
  }
  next_ = at + taken;
  return at;
}

void LeaseWindows::close(std::byte* window) noexcept {
  const std::scoped_lock lock(mutex_);
  const auto found = open_.find(window);
  const std::size_t size = found->second - kPageSize;
  // One step replaces the mapping, so no mapping of another thread can get these addresses. When
  // the process may map no more, mprotect still works: the window is a mapping of its own, so the
  // kernel splits nothing.
  if (reserve(window, size) == MAP_FAILED) ::mprotect(window, size, PROT_NONE);
  open_.erase(found);
}

}  // namespace arena::core
