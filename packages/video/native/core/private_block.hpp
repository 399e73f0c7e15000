#pragma once

#include <cstdint>

namespace arena::video {

/// Private memory for payloads. A large block lies in huge pages when the system has them, because
/// filling fresh pages of 4 KiB takes four times as long.
class PrivateBlock {
 public:
  /// @throws MediaError out_of_memory.
  explicit PrivateBlock(std::uint64_t length);
  ~PrivateBlock();
  PrivateBlock(const PrivateBlock&) = delete;
  PrivateBlock& operator=(const PrivateBlock&) = delete;
  std::uint8_t* bytes() const noexcept { return bytes_; }

 private:
  std::uint64_t alignment_;
  std::uint8_t* bytes_;
};

}  // namespace arena::video
