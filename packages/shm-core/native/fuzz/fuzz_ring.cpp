/// A peer rewrites the shared bytes of a ring in each of its modes, before and between the
/// operations of other peers.
#include "hostile_region.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  arena::fuzz::Input input(data, size);
  arena::fuzz::HostileRegion(arena::core::Kind::ring, input).play(input);
  return 0;
}
