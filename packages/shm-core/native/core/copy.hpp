/// Bulk copies. Above a size that no cache holds, stores that bypass the cache save reading the
/// destination first.
#pragma once

#include <atomic>
#include <cstddef>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ARENA_THREAD_SANITIZED
#endif
#elif defined(__SANITIZE_THREAD__)
#define ARENA_THREAD_SANITIZED
#endif

namespace arena::core {

enum class CopyMethod { plain, non_temporal };

/// From this many bytes on `copy_bytes` bypasses the cache. Measured; see benchmarks/results.
inline constexpr std::size_t kNonTemporalBytes = std::size_t{4} << 20;

/// Copies `size` bytes; the ranges must not overlap. The best method for the size.
void copy_bytes(std::byte* target, const std::byte* source, std::size_t size) noexcept;
void copy_bytes(std::byte* target, const std::byte* source, std::size_t size,
                CopyMethod method) noexcept;

/// The same for bytes that a peer may write or read meanwhile, as those of a record in a ring that
/// overwrites. What was copied means something only once a later look has shown that nobody was at
/// it: see Reader::finish.
///
/// The language has no copy of bytes that others change: a memcpy of them is a race by the letter,
/// and a loop of relaxed atomic bytes is many times slower. ThreadSanitizer is shown the latter,
/// and so tells such a copy from an access that nothing orders. All other builds take the fast
/// copy: an instruction sequence that loads each byte as some value which that byte had, to be
/// thrown away if it was overwritten, and the fence keeps the compiler from loading one again
/// later. What orders it with the look at `oldest` afterwards is the reader's acquire fence, which
/// on Arm as well orders all loads before it with all that come after.
#if defined(ARENA_THREAD_SANITIZED)
void copy_contested(std::byte* target, const std::byte* source, std::size_t size) noexcept;
#else
inline void copy_contested(std::byte* target, const std::byte* source, std::size_t size) noexcept {
  copy_bytes(target, source, size);
  std::atomic_signal_fence(std::memory_order_seq_cst);
}
#endif

}  // namespace arena::core
