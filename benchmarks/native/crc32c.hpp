/// CRC-32C (Castagnoli), by the processor's own instruction where it has one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace arena::benchmarks {

/// Checksum of `size` bytes; pass the checksum so far as `seed` to go on with it.
std::uint32_t crc32c(const std::byte* data, std::size_t size, std::uint32_t seed = 0) noexcept;

}  // namespace arena::benchmarks
