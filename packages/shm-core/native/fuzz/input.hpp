/// A fuzzer's input, read from its beginning. Zeros follow its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace arena::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  template <typename T>
  T take() {
    T value{};
    const std::size_t taken = rest_.size() < sizeof(T) ? rest_.size() : sizeof(T);
    if (taken > 0) std::memcpy(&value, rest_.data(), taken);
    rest_ = rest_.subspan(taken);
    return value;
  }
  /// 0 <= result < limit
  std::uint64_t below(std::uint64_t limit) { return take<std::uint16_t>() % limit; }
  std::span<const std::uint8_t> rest() const { return rest_; }
  bool ended() const { return rest_.empty(); }

 private:
  std::span<const std::uint8_t> rest_;
};

}  // namespace arena::fuzz
