#include "crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace arena::benchmarks {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? kPolynomial : 0);
    table[byte] = value;
  }
  return table;
}
constexpr auto kTable = make_table();

std::uint32_t update_by_table(std::uint32_t crc, const std::byte* data, std::size_t size) noexcept {
  for (; size > 0; --size, ++data)
    crc = crc >> 8 ^ kTable[(crc ^ static_cast<std::uint32_t>(*data)) & 0xff];
  return crc;
}

/// crc * x^(8 * bytes), as a matrix over GF(2). It shifts the checksum of one part past the parts
/// that follow.
struct Shift {
  std::array<std::array<std::uint32_t, 256>, 4> table{};

  explicit Shift(std::size_t bytes) {
    for (std::uint32_t lane = 0; lane < 4; ++lane) {
      std::array<std::uint32_t, 8> powers{};
      for (std::uint32_t bit = 0; bit < 8; ++bit)
        powers[bit] = advance(1u << (8 * lane + bit), bytes);
      for (std::uint32_t value = 0; value < 256; ++value) {
        for (std::uint32_t bit = 0; bit < 8; ++bit) {
          if (value >> bit & 1) table[lane][value] ^= powers[bit];
        }
      }
    }
  }
  static std::uint32_t advance(std::uint32_t crc, std::size_t bytes) noexcept {
    for (; bytes > 0; --bytes) crc = crc >> 8 ^ kTable[crc & 0xff];
    return crc;
  }
  std::uint32_t operator()(std::uint32_t crc) const noexcept {
    return table[0][crc & 0xff] ^ table[1][crc >> 8 & 0xff] ^ table[2][crc >> 16 & 0xff] ^
           table[3][crc >> 24];
  }
};

#if defined(__x86_64__)
/// The instruction takes three cycles. Three lanes at once hide that.
constexpr std::size_t kLaneBytes = 4096;

std::uint64_t word_at(const std::byte* data) noexcept {
  std::uint64_t word;
  std::memcpy(&word, data, sizeof word);
  return word;
}

__attribute__((target("sse4.2"))) std::uint32_t update_by_hardware(std::uint32_t seed,
                                                                   const std::byte* data,
                                                                   std::size_t size) noexcept {
  static const Shift shift_lane(kLaneBytes);
  std::uint64_t crc = seed;
  for (; size >= 3 * kLaneBytes; size -= 3 * kLaneBytes, data += 3 * kLaneBytes) {
    std::uint64_t second = 0, third = 0;
    for (std::size_t at = 0; at < kLaneBytes; at += 8) {
      crc = _mm_crc32_u64(crc, word_at(data + at));
      second = _mm_crc32_u64(second, word_at(data + at + kLaneBytes));
      third = _mm_crc32_u64(third, word_at(data + at + 2 * kLaneBytes));
    }
    crc = shift_lane(static_cast<std::uint32_t>(crc)) ^ second;
    crc = shift_lane(static_cast<std::uint32_t>(crc)) ^ third;
  }
  for (; size >= 8; size -= 8, data += 8) crc = _mm_crc32_u64(crc, word_at(data));
  return update_by_table(static_cast<std::uint32_t>(crc), data, size);
}
#endif

}  // namespace

std::uint32_t crc32c(const std::byte* data, std::size_t size, std::uint32_t seed) noexcept {
#if defined(__x86_64__)
  static const bool hardware = __builtin_cpu_supports("sse4.2");
  if (hardware) return ~update_by_hardware(~seed, data, size);
#endif
  return ~update_by_table(~seed, data, size);
}

}  // namespace arena::benchmarks
