/// A peer rewrites the queue, segment table and lanes of a pool or a fan-out, before and between
/// the operations of other peers.
#include "hostile_region.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  arena::fuzz::Input input(data, size);
  arena::fuzz::HostileRegion(arena::core::Kind::pool, input).play(input);
  return 0;
}
