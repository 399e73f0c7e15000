#include "region.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

#include "arenas.hpp"
#include "failures.hpp"
#include "forked.hpp"
#include "memory_budget.hpp"
#include "sanitized.hpp"

using namespace arena::tests;

namespace {

std::shared_ptr<Region> attach_to(const Region& region) {
  return Region::attach(region.handle(), false);
}

int fd_of(const Region& region) { return region.handle().fd; }

}  // namespace

TEST_CASE("two mappings of one region show the same bytes") {
  const auto created = create_region(pool_config(2));
  const auto attached = attach_to(*created);
  created->segment(1)[255] = std::byte{42};
  created->records()[0] = std::byte{43};
  CHECK(attached->segment(1)[255] == std::byte{42});
  CHECK(attached->records()[0] == std::byte{43});
  CHECK(attached->config().segment_count == 2);
  CHECK(attached->creator().nonce == created->creator().nonce);
}

TEST_CASE("the record area is followed by itself, so that no record wraps") {
  const auto region = create_region(ring_config(WhenFull::fail, 3 * kPageSize));
  std::byte* records = region->records();
  records[0] = std::byte{1};
  records[3 * kPageSize - 1] = std::byte{2};
  CHECK(records[3 * kPageSize] == std::byte{1});
  CHECK(records[6 * kPageSize - 1] == std::byte{2});
  records[3 * kPageSize + 5] = std::byte{7};
  CHECK(records[5] == std::byte{7});
}

TEST_CASE("every payload starts on a 64-byte boundary, whatever the sizes") {
  for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{65}, std::uint64_t{5000}}) {
    const auto region = create_region(pool_config(3, size));
    for (std::uint32_t index = 0; index < 3; ++index) {
      CHECK(reinterpret_cast<std::uintptr_t>(region->segment(index)) % kPayloadAlignment == 0);
    }
    CHECK(reinterpret_cast<std::uintptr_t>(region->records()) % kPayloadAlignment == 0);
  }
}

TEST_CASE("an anonymous region cannot be resized, and belongs to its user alone") {
  const auto region = create_region(ring_config(WhenFull::fail));
  CHECK(::ftruncate(fd_of(*region), 0) == -1);
  CHECK(errno == EPERM);
  CHECK(::ftruncate(fd_of(*region), 1 << 30) == -1);
  CHECK(::fcntl(fd_of(*region), F_ADD_SEALS, F_SEAL_WRITE) == -1);
  struct stat status {};
  REQUIRE(::fstat(fd_of(*region), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(static_cast<std::uint64_t>(status.st_blocks) * 512 >= region->layout().total_size);
  CHECK((::fcntl(fd_of(*region), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a configuration that is out of range is refused with the field's name") {
  RegionConfig config = ring_config(WhenFull::fail);
  config.peer_count = 0;
  CHECK(code_of([&] { create_region(config); }) == "ERR_ARENA_INVALID_ARGUMENT");
  CHECK(message_of([&] { create_region(config); }).find("peer_count") != std::string::npos);
}

TEST_CASE("another process attaches by the handle of the creator, or of an attached process") {
  const auto region = create_region(pool_config(2));
  const std::string handle = region->handle().to_string();
  Forked child([&] {
    const auto found = Region::attach(Handle::parse(handle), false);
    found->segment(0)[0] = std::byte{9};
    return found->config().segment_size == 256;
  });
  CHECK(child.succeeded());
  CHECK(region->segment(0)[0] == std::byte{9});
}

TEST_CASE("the handle of any attached process serves, while that one lives") {
  const auto region = create_region(ring_config(WhenFull::fail));
  Shared<std::array<char, 128>> text;
  Shared<std::atomic<int>> step;
  Forked child([&] {
    const auto found = attach_to(*region);
    std::strcpy(text->data(), found->handle().to_string().c_str());
    *step = 1;
    while (*step == 1) ::usleep(1000);
    return true;
  });
  while (*step == 0 && child.running()) ::usleep(1000);
  REQUIRE(*step == 1);
  const Handle handle = Handle::parse(text->data());
  CHECK(handle.pid == static_cast<std::uint32_t>(child.pid()));
  CHECK(Region::attach(handle, false)->creator().nonce == region->creator().nonce);
  *step = 2;
  CHECK(child.succeeded());
  CHECK(code_of([&] { Region::attach(handle, false); }) == "ERR_ARENA_STALE_HANDLE");
}

TEST_CASE("a handle whose process, descriptor or arena is another one now is stale") {
  const auto region = create_region(ring_config(WhenFull::fail));
  const Handle good = region->handle();
  const auto stale = [](Handle handle) {
    return code_of([&] { Region::attach(handle, false); }) == "ERR_ARENA_STALE_HANDLE";
  };
  Handle handle = good;
  handle.start_time += 1;
  CHECK(stale(handle));
  handle = good;
  handle.nonce ^= 1;
  CHECK(stale(handle));
  handle = good;
  handle.pid = 4194303;
  CHECK(stale(handle));
  handle = good;
  handle.fd = 1'000'000;
  CHECK(stale(handle));
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  handle.fd = pipe_ends[0];
  CHECK(stale(handle));
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
  handle.fd = ::memfd_create("not sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  CHECK(stale(handle));
  ::close(handle.fd);
  const auto other = create_region(ring_config(WhenFull::fail));
  handle.fd = fd_of(*other);
  CHECK(stale(handle));
}

TEST_CASE("closing the region makes its handle stale and leaves nothing behind") {
  const Handle handle = create_region(ring_config(WhenFull::fail))->handle();
  CHECK(code_of([&] { Region::attach(handle, false); }) == "ERR_ARENA_STALE_HANDLE");
  CHECK(::fcntl(handle.fd, F_GETFD) == -1);
}

TEST_CASE("a poisoned region is reported to every process, with the offset") {
  const auto region = create_region(ring_config(WhenFull::fail));
  const auto attached = attach_to(*region);
  CHECK(code_of([&] { region->check_poison(); }) == "");
  CHECK(code_of([&] { region->poison("a test", 1234); }) == "ERR_ARENA_CORRUPT");
  CHECK(code_of([&] { attached->check_poison(); }) == "ERR_ARENA_CORRUPT");
  CHECK(message_of([&] { attached->check_poison(); }).find("1234") != std::string::npos);
}

TEST_CASE("more memory than there is is an error that names both, and takes none") {
  RegionConfig config = pool_config(1024, std::uint64_t{1} << 33);
  REQUIRE(invalid_field(config) == nullptr);
  const std::uint64_t before = available_memory();
  CHECK(code_of([&] { create_region(config); }) == "ERR_ARENA_OUT_OF_MEMORY");
  const std::string message = message_of([&] { create_region(config); });
  CHECK(message.find(std::to_string(RegionLayout::of(config).total_size)) != std::string::npos);
  CHECK(available_memory() > before / 2);
}

TEST_CASE("a file size limit is an error and no signal") {
  Forked child([] {
    const struct rlimit limit {
      1 << 20, 1 << 20
    };
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return code_of([] { create_region(pool_config(2, 1 << 20)); }) == "ERR_ARENA_OUT_OF_MEMORY";
  });
  CHECK(child.succeeded());
}

TEST_CASE("an address space limit is an error that names the remedy" * doctest::skip(kSanitized)) {
  Forked child([] {
    const struct rlimit limit {
      std::uint64_t{64} << 20, std::uint64_t{64} << 20
    };
    ::setrlimit(RLIMIT_AS, &limit);
    const auto create = [] { create_region(ring_config(WhenFull::fail, std::uint64_t{40} << 20)); };
    return code_of(create) == "ERR_ARENA_OUT_OF_MEMORY" &&
           message_of(create).find("ulimit -v") != std::string::npos;
  });
  CHECK(child.succeeded());
}
