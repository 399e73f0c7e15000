/// Processes that join an arena and wait until they are killed.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <memory>

#include "arenas.hpp"
#include "forked.hpp"

namespace arena::tests {

/// A child that has joined as `role` and stays until it is killed.
inline Forked joined_child(const std::shared_ptr<Region>& region, Role role) {
  Shared<std::atomic<bool>> joined;
  Forked child([&] {
    static const auto arena = attach(region->handle());
    arena->join(role);
    *joined = true;
    for (;;) ::pause();
    return true;
  });
  while (!*joined && child.running()) ::usleep(200);
  REQUIRE(child.running());
  return child;
}

}  // namespace arena::tests
