/// Bulk copies. Large copies use stores that bypass the cache: these need not read the destination
/// first.
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

/// Copies `size` bytes with the best method for that size. The ranges must not overlap.
void copy_bytes(std::byte* target, const std::byte* source, std::size_t size) noexcept;
void copy_bytes(std::byte* target, const std::byte* source, std::size_t size,
                CopyMethod method) noexcept;

/// The same for bytes that a peer may write during the copy, such as a record in a ring that
/// overwrites. The copy is valid only if a later look shows that no writer has overwritten the
/// bytes: see the reader's finish().
///
/// C++ has no copy of bytes that other processes change. By the letter a memcpy of such bytes is a
/// race, and a loop of relaxed atomic bytes is many times slower. ThreadSanitizer builds use that
/// loop, so that ThreadSanitizer does not report the copy. All other builds use the fast copy. It
/// loads each byte as some value that the byte had, and the reader throws the copy away when it was
/// overwritten. The fence keeps the compiler from loading a byte again later. The reader's acquire
/// fence orders all loads of the copy before its load of `oldest`, on Arm as well.
#if defined(ARENA_THREAD_SANITIZED)
void copy_contested(std::byte* target, const std::byte* source, std::size_t size) noexcept;
#else
inline void copy_contested(std::byte* target, const std::byte* source, std::size_t size) noexcept {
  copy_bytes(target, source, size);
  std::atomic_signal_fence(std::memory_order_seq_cst);
}
#endif

}  // namespace arena::core
