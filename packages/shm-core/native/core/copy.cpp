#include "copy.hpp"

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace arena::core {
namespace {

#if defined(__x86_64__)
__attribute__((target("avx2"))) void stream_avx2(std::byte* target, const std::byte* source,
                                                 std::size_t size) noexcept {
  const std::size_t head = (64 - (reinterpret_cast<std::uintptr_t>(target) & 63)) & 63;
  std::memcpy(target, source, head);
  target += head;
  source += head;
  size -= head;
  for (; size >= 128; size -= 128, target += 128, source += 128) {
    const auto* from = reinterpret_cast<const __m256i*>(source);
    auto* to = reinterpret_cast<__m256i*>(target);
    const __m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1);
    const __m256i c = _mm256_loadu_si256(from + 2), d = _mm256_loadu_si256(from + 3);
    _mm256_stream_si256(to, a);
    _mm256_stream_si256(to + 1, b);
    _mm256_stream_si256(to + 2, c);
    _mm256_stream_si256(to + 3, d);
  }
  // A later release store does not order streamed stores. So fence before the unit is published.
  _mm_sfence();
  std::memcpy(target, source, size);
}
#endif

}  // namespace

void copy_bytes(std::byte* target, const std::byte* source, std::size_t size,
                CopyMethod method) noexcept {
#if defined(__x86_64__)
  if (method == CopyMethod::non_temporal && size >= 4096 && __builtin_cpu_supports("avx2")) {
    stream_avx2(target, source, size);
    return;
  }
#endif
  (void)method;
  if (size > 0) std::memcpy(target, source, size);
}

void copy_bytes(std::byte* target, const std::byte* source, std::size_t size) noexcept {
  copy_bytes(target, source, size,
             size >= kNonTemporalBytes ? CopyMethod::non_temporal : CopyMethod::plain);
}

#if defined(ARENA_THREAD_SANITIZED)
void copy_contested(std::byte* target, const std::byte* source, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; ++i) {
    const std::atomic_ref<std::byte> from(const_cast<std::byte&>(source[i]));
    std::atomic_ref<std::byte>(target[i]).store(from.load(std::memory_order_relaxed),
                                                std::memory_order_relaxed);
  }
}
#endif

}  // namespace arena::core
