#include "private_buffers.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "layout.hpp"

namespace arena::core {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// Steps of an eighth of a power of two: buffers of slightly different sizes serve each other.
std::size_t rounded(std::size_t size) {
  std::size_t step = kPageSize;
  while (step * 16 < size) step *= 2;
  return align_up(size, step);
}

void unmap(PrivateBuffer buffer) noexcept { ::munmap(buffer.data, buffer.capacity); }

PrivateBuffer map(std::size_t size) {
  const std::size_t capacity = rounded(size);
  // Aligned to huge pages by hand: mapped a huge page too large and trimmed.
  const std::size_t slack = capacity >= kHugePage ? kHugePage : 0;
  void* raw =
      ::mmap(nullptr, capacity + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) throw std::bad_alloc();
  auto* base = static_cast<std::byte*>(raw);
  if (slack == 0) return {base, capacity};
  const std::size_t head =
      (kHugePage - reinterpret_cast<std::size_t>(base) % kHugePage) % kHugePage;
  if (head > 0) ::munmap(base, head);
  if (head < slack) ::munmap(base + head + capacity, slack - head);
  // Advice only.
  (void)::madvise(base + head, capacity, MADV_HUGEPAGE);
  return {base + head, capacity};
}

}  // namespace

PrivateBuffers::~PrivateBuffers() {
  for (const PrivateBuffer& buffer : idle_) unmap(buffer);
}

PrivateBuffer PrivateBuffers::take(std::size_t size) {
  // The one used last, because it is still in the cache; not one that would waste half of itself.
  const auto fits = [&](const PrivateBuffer& idle) {
    return idle.capacity >= size && idle.capacity / 2 <= rounded(size);
  };
  const auto found = std::find_if(idle_.rbegin(), idle_.rend(), fits);
  if (found == idle_.rend()) return map(size);
  const PrivateBuffer buffer = *found;
  idle_.erase(std::next(found).base());
  return buffer;
}

void PrivateBuffers::give_back(PrivateBuffer buffer) noexcept {
  if (idle_.size() >= kKept) {
    unmap(idle_.front());
    idle_.erase(idle_.begin());
  }
  idle_.push_back(buffer);
}

}  // namespace arena::core
