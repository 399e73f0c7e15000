#include "lease_windows.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <set>

#include "arenas.hpp"
#include "failures.hpp"

using namespace arena::tests;

namespace {

/// The errno of a system call that writes one byte to this address, or 0.
int error_of_reading_into(std::byte* at) {
  const int zero = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
  const int error = ::read(zero, at, 1) == 1 ? 0 : errno;
  ::close(zero);
  return error;
}

}  // namespace

TEST_CASE("a window shows the bytes of a segment, wherever in a page they begin") {
  for (const std::uint64_t size : {std::uint64_t{192}, std::uint64_t{5000}, 3 * kPageSize}) {
    const auto region = create_region(pool_config(4, size));
    for (std::uint32_t index = 0; index < 4; ++index) {
      std::memset(region->segment(index), static_cast<int>(index + 1), size);
      std::byte* shown = nullptr;
      const LeaseWindow window = region->open_window(region->segment(index), size, shown);
      CHECK(shown != region->segment(index));
      CHECK(std::memcmp(shown, region->segment(index), size) == 0);
      CHECK(reinterpret_cast<std::uintptr_t>(shown) % kPayloadAlignment == 0);
      shown[size - 1] = std::byte{77};
      CHECK(region->segment(index)[size - 1] == std::byte{77});
    }
  }
}

TEST_CASE("nothing is behind a closed window, and the segment stays as it was") {
  const auto region = create_region(pool_config(1));
  std::byte* shown = nullptr;
  LeaseWindow window = region->open_window(region->segment(0), 100, shown);
  shown[0] = std::byte{7};
  CHECK(error_of_reading_into(shown + 1) == 0);
  window.close();
  CHECK(error_of_reading_into(shown) == EFAULT);
  CHECK(region->segment(0)[0] == std::byte{7});
}

TEST_CASE("the addresses of a window are used again only after all others were") {
  LeaseWindows windows(64 * kPageSize);
  std::set<std::byte*> seen;
  for (int turn = 0; turn < 32; ++turn) {
    std::byte* window = windows.open(-1, 0, kPageSize);
    CHECK(seen.insert(window).second);
    windows.close(window);
  }
  std::byte* again = windows.open(-1, 0, kPageSize);
  CHECK(seen.contains(again));
  windows.close(again);
}

TEST_CASE("an open window is passed over, for however long it is open") {
  LeaseWindows windows(16 * kPageSize);
  std::byte* kept = windows.open(-1, 0, 3 * kPageSize);
  kept[0] = std::byte{9};
  for (int turn = 0; turn < 100; ++turn) {
    const std::size_t size = (1 + turn % 4) * kPageSize;
    std::byte* window = windows.open(-1, 0, size);
    const bool apart = window >= kept + 4 * kPageSize || window + size + kPageSize <= kept;
    CHECK(apart);
    std::memset(window, 1, size);
    windows.close(window);
  }
  CHECK(kept[0] == std::byte{9});
  windows.close(kept);
}

TEST_CASE("windows that fill all addresses leave room again when one is closed") {
  LeaseWindows windows(8 * kPageSize);
  std::array<std::byte*, 4> open{};
  for (std::byte*& window : open) window = windows.open(-1, 0, kPageSize);
  CHECK(code_of([&] { windows.open(-1, 0, 1); }) == "ERR_ARENA_OUT_OF_MEMORY");
  windows.close(open[2]);
  CHECK(windows.open(-1, 0, kPageSize) == open[2]);
}
