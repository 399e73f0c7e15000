/// A ring in each of its modes whose shared bytes a peer rewrites, before and between what others
/// do.
#include "hostile_region.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  arena::fuzz::Input input(data, size);
  arena::fuzz::HostileRegion(arena::core::Kind::ring, input).play(input);
  return 0;
}
