#include "private_buffers.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "layout.hpp"

namespace arena::core {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// Rounds to steps of an eighth of a power of two, so that units of slightly different sizes can
/// share a buffer.
std::size_t rounded(std::size_t size) {
  std::size_t step = kPageSize;
  while (step * 16 < size) step *= 2;
  return align_up(size, step);
}

void unmap(PrivateBuffer buffer) noexcept { ::munmap(buffer.data, buffer.capacity); }

PrivateBuffer map(std::size_t size) {
  const std::size_t capacity = rounded(size);
  // Align to huge pages: map one huge page more, then trim.
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
  // A failure does no harm: this is advice.
  (void)::madvise(base + head, capacity, MADV_HUGEPAGE);
  return {base + head, capacity};
}

}  // namespace

PrivateBuffers::~PrivateBuffers() {
  for (const PrivateBuffer& buffer : idle_) unmap(buffer);
}

PrivateBuffer PrivateBuffers::take(std::size_t size) {
  // Take the buffer that was used last, because it is still in the cache. Do not take a buffer of
  // more than twice the size.
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
