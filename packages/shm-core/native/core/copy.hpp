/// Bulk copies. Above a size that no cache holds, stores that bypass the cache save reading the
/// destination first.
#pragma once

#include <cstddef>

namespace arena::core {

enum class CopyMethod { plain, non_temporal };

/// From this many bytes on `copy_bytes` bypasses the cache. Measured; see benchmarks/results.
inline constexpr std::size_t kNonTemporalBytes = std::size_t{4} << 20;

/// Copies `size` bytes; the ranges must not overlap. The best method for the size.
void copy_bytes(std::byte* target, const std::byte* source, std::size_t size) noexcept;
void copy_bytes(std::byte* target, const std::byte* source, std::size_t size,
                CopyMethod method) noexcept;

}  // namespace arena::core
