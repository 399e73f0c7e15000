#include "private_block.hpp"

#include <sys/mman.h>

#include <new>
#include <string>

#include "media_error.hpp"
#include "packed_layout.hpp"

namespace arena::video {
namespace {

constexpr std::uint64_t kHugePage = 2 * 1024 * 1024;

std::uint8_t* allocate(std::uint64_t length, std::uint64_t alignment) {
  void* memory = ::operator new(length, std::align_val_t{alignment}, std::nothrow);
  if (memory != nullptr) return static_cast<std::uint8_t*>(memory);
  throw MediaError(MediaErrorKind::out_of_memory,
                   "video packets: no memory for " + std::to_string(length) + " bytes");
}

}  // namespace

PrivateBlock::PrivateBlock(std::uint64_t length)
    : alignment_(length >= 2 * kHugePage ? kHugePage : kAlignment),
      bytes_(allocate(length, alignment_)) {
#ifdef MADV_HUGEPAGE
  if (alignment_ == kHugePage) ::madvise(bytes_, length, MADV_HUGEPAGE);
#endif
}

PrivateBlock::~PrivateBlock() { ::operator delete(bytes_, std::align_val_t{alignment_}); }

}  // namespace arena::video
