#include "crc32c.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {
using arena::benchmarks::crc32c;

/// The checksum bit by bit, as its definition has it.
std::uint32_t slow_crc32c(const std::vector<std::byte>& bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const std::byte byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
  }
  return ~crc;
}

std::vector<std::byte> patterned(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t at = 0; at < size; ++at) bytes[at] = static_cast<std::byte>(at * 31 + (at >> 8));
  return bytes;
}
}  // namespace

TEST_CASE("crc32c gives the check value of the polynomial") {
  const std::string digits = "123456789";
  CHECK(crc32c(reinterpret_cast<const std::byte*>(digits.data()), digits.size()) == 0xe3069283);
}

TEST_CASE("crc32c agrees with its definition over every length and part of a lane") {
  for (const std::size_t size : {0, 1, 7, 8, 9, 4095, 12287, 12288, 12289, 100003}) {
    const auto bytes = patterned(size);
    CHECK(crc32c(bytes.data(), size) == slow_crc32c(bytes));
  }
}

TEST_CASE("crc32c goes on with the checksum so far") {
  const auto bytes = patterned(50000);
  const std::uint32_t first = crc32c(bytes.data(), 20001);
  CHECK(crc32c(bytes.data() + 20001, 29999, first) == crc32c(bytes.data(), 50000));
}
