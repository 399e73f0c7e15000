#include "named.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "arenas.hpp"
#include "failures.hpp"
#include "forked.hpp"
#include "sanitized.hpp"

using namespace arena::tests;

namespace {

/// A name of this test run. The destructor removes its file.
struct Name {
  std::string text = "core-tests-" + std::to_string(::getpid());
  std::string path = "/dev/shm/arena-" + text;
  ~Name() { ::unlink(path.c_str()); }
  bool exists() const {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
  }
};

std::shared_ptr<Region> create_as(const Name& name) {
  return Region::create({ring_config(WhenFull::fail), name.text, false});
}

std::shared_ptr<Region> attach_as(const Name& name) {
  return Region::attach(Handle{.name = name.text}, false);
}

bool is_swept(const Name& name) {
  const auto swept = sweep_named();
  return std::find(swept.begin(), swept.end(), name.text) != swept.end();
}

/// A child creates the arena and dies without closing it, as by a crash.
void create_and_die(const Name& name) {
  Forked child([&] {
    static const auto region = create_as(name);
    return true;
  });
  REQUIRE(child.succeeded());
  REQUIRE(name.exists());
}

}  // namespace

TEST_CASE("a named arena is found by its name from any process of the user") {
  const Name name;
  const auto region = create_as(name);
  CHECK(region->handle().to_string() == "arena:1:name:" + name.text);
  Forked child([&] {
    attach_as(name)->records()[0] = std::byte{5};
    return true;
  });
  CHECK(child.succeeded());
  CHECK(region->records()[0] == std::byte{5});
}

TEST_CASE("a named arena's file is its user's alone, even under an open umask") {
  const Name name;
  const mode_t before = ::umask(0);
  const auto region = create_as(name);
  ::umask(before);
  struct stat status {};
  REQUIRE(::lstat(name.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(status.st_uid == ::geteuid());
}

TEST_CASE("a name is taken while its arena lives, and free afterwards") {
  const Name name;
  const auto region = create_as(name);
  CHECK(code_of([&] { create_as(name); }) == "ERR_ARENA_NAME_TAKEN");
  region->remove_name();
  CHECK_FALSE(name.exists());
  CHECK(code_of([&] { attach_as(name); }) == "ERR_ARENA_STALE_HANDLE");
  const auto next = create_as(name);
  CHECK(next->creator().nonce != region->creator().nonce);
}

TEST_CASE("a name is removed with the region that was created under it, and with no other") {
  const Name name;
  auto created = create_as(name);
  attach_as(name).reset();
  CHECK(name.exists());
  created.reset();
  CHECK_FALSE(name.exists());
}

TEST_CASE("a name that another arena has taken since stays when the first one ends") {
  const Name name;
  auto first = create_as(name);
  // The user removes the file by hand.
  REQUIRE(::unlink(name.path.c_str()) == 0);
  const auto second = create_as(name);
  SUBCASE("by close()") { first->remove_name(); }
  SUBCASE("by its destruction") { first.reset(); }
  CHECK(attach_as(name)->creator().nonce == second->creator().nonce);
}

TEST_CASE("a forked child's end removes no name of its parent") {
  const Name name;
  auto region = create_as(name);
  Forked child([&] {
    region.reset();
    return true;
  });
  CHECK(child.succeeded());
  CHECK(name.exists());
  CHECK_FALSE(is_swept(name));
}

TEST_CASE("a name is free until its arena is complete") {
  const Name name;
  Shared<std::atomic<bool>> done;
  Forked creator([&] {
    for (int round = 0; round < 300; ++round) {
      const auto region = create_as(name);
      ::usleep(100);
    }
    *done = true;
    return true;
  });
  bool found = false;
  while (!*done && creator.running()) {
    const std::string code = code_of([&] { attach_as(name); });
    found = found || code.empty();
    CHECK((code.empty() || code == "ERR_ARENA_STALE_HANDLE"));
  }
  CHECK(creator.succeeded());
  CHECK(found);
}

TEST_CASE("an arena with a dead creator and no attached process is swept") {
  const Name name;
  create_and_die(name);
  CHECK(is_swept(name));
  CHECK_FALSE(name.exists());
}

TEST_CASE("creating under a dead arena's name sweeps it first") {
  const Name name;
  create_and_die(name);
  CHECK(code_of([&] { create_as(name); }) == "");
}

TEST_CASE("an arena with an attached process outlives its creator") {
  const Name name;
  std::shared_ptr<Region> attached;
  Shared<std::atomic<int>> step;
  Forked creator([&] {
    static const auto region = create_as(name);
    *step = 1;
    while (*step == 1) ::usleep(1000);
    return true;
  });
  while (*step == 0 && creator.running()) ::usleep(1000);
  attached = attach_as(name);
  *step = 2;
  REQUIRE(creator.succeeded());
  CHECK_FALSE(is_swept(name));
  CHECK(code_of([&] { attach_as(name); }) == "");
  attached.reset();
  CHECK(is_swept(name));
}

TEST_CASE("an arena whose creator lives is not swept, even without an attached process") {
  const Name name, other{.text = name.text + "-other", .path = name.path + "-other"};
  auto region = create_as(name);
  REQUIRE(::link(name.path.c_str(), other.path.c_str()) == 0);
  region.reset();
  CHECK_FALSE(is_swept(other));
  CHECK(other.exists());
}

TEST_CASE("a file that holds no arena is never removed, and says why its name is taken") {
  const Name name;
  const int fd = ::open(name.path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  REQUIRE(fd >= 0);
  REQUIRE(::ftruncate(fd, 1 << 16) == 0);
  ::close(fd);
  CHECK_FALSE(is_swept(name));
  CHECK(code_of([&] { create_as(name); }) == "ERR_ARENA_NAME_TAKEN");
  CHECK(message_of([&] { create_as(name); }).find(name.path + " is no arena") != std::string::npos);
  CHECK(code_of([&] { attach_as(name); }) == "ERR_ARENA_INCOMPATIBLE");
  CHECK(name.exists());
}

TEST_CASE("an arena of another version is swept when its creator is dead, and not before") {
  const Name name;
  const auto set_version = [&] {
    const std::uint32_t other = kLayoutVersion + 1;
    const int fd = ::open(name.path.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(::pwrite(fd, &other, sizeof other, offsetof(RegionHeader, layout_version)) == 4);
    ::close(fd);
  };
  auto region = create_as(name);
  set_version();
  CHECK_FALSE(is_swept(name));
  region.reset();
  create_and_die(name);
  set_version();
  CHECK(is_swept(name));
}

/// A process that holds a lock on the file for ever, as a foreign program may.
Forked locking_stranger(const Name& name, const std::function<void(int)>& lock) {
  Shared<std::atomic<bool>> locked;
  Forked stranger([&] {
    lock(::open(name.path.c_str(), O_RDWR | O_CLOEXEC));
    *locked = true;
    for (;;) ::pause();
    return true;
  });
  while (!*locked && stranger.running()) ::usleep(1000);
  REQUIRE(stranger.running());
  return stranger;
}

TEST_CASE("a stranger's flock on the file has no effect") {
  const Name name;
  auto region = create_as(name);
  const Forked stranger = locking_stranger(name, [](int fd) { ::flock(fd, LOCK_EX); });
  CHECK(code_of([&] { attach_as(name); }) == "");
  CHECK(code_of([&] { create_as(name); }) == "ERR_ARENA_NAME_TAKEN");
  CHECK_FALSE(is_swept(name));
  region.reset();
  CHECK_FALSE(name.exists());
}

void lock_from(int fd, off_t first_byte) {
  struct flock bytes {};
  bytes.l_type = F_WRLCK;
  bytes.l_start = first_byte;
  if (::fcntl(fd, F_SETLK, &bytes) != 0) std::abort();
}

TEST_CASE(
    "a stranger's lock on the bytes that a removal needs leaves the name, and no call waits") {
  const Name name;
  auto region = create_as(name);
  const Forked stranger = locking_stranger(name, [](int fd) { lock_from(fd, 1); });
  CHECK(code_of([&] { attach_as(name); }) == "");
  CHECK(code_of([&] { create_as(name); }) == "ERR_ARENA_NAME_TAKEN");
  CHECK_FALSE(is_swept(name));
  region.reset();
  CHECK(name.exists());
}

TEST_CASE("a stranger's lock on a file without attached processes is an error with a code") {
  const Name name;
  SUBCASE("of a dead arena") {
    create_and_die(name);
    const Forked stranger = locking_stranger(name, [](int fd) { lock_from(fd, 0); });
    CHECK(code_of([&] { attach_as(name); }) == "ERR_ARENA_STALE_HANDLE");
    CHECK_FALSE(is_swept(name));
    CHECK(code_of([&] { create_as(name); }) == "ERR_ARENA_NAME_TAKEN");
  }
  SUBCASE("of something else") {
    ::close(::open(name.path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    const Forked stranger = locking_stranger(name, [](int fd) { lock_from(fd, 0); });
    CHECK(code_of([&] { attach_as(name); }) == "ERR_ARENA_SYSTEM");
    CHECK(message_of([&] { attach_as(name); }).find("a lock on " + name.path) != std::string::npos);
  }
}

/// Number of open descriptors of this process.
std::size_t open_descriptors() {
  std::size_t number = 0;
  for (int fd = 0; fd < 128; ++fd) number += ::fcntl(fd, F_GETFD) != -1;
  return number;
}

TEST_CASE("whichever descriptor is missing, creating and attaching leave none open, and no name" *
          doctest::skip(kNeedsDescriptors)) {
  const Name name;
  const auto region = create_region(pool_config(2));
  Forked child([&] {
    const struct rlimit limit {
      128, 128
    };
    ::setrlimit(RLIMIT_NOFILE, &limit);
    std::vector<int> taken;
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) taken.push_back(fd);
    const std::vector<std::function<void()>> ways{
        [&] { create_arena(pool_config(2))->join(Role::writer); },
        [&] { attach(create_as(name))->join(Role::writer); },
        [&] { attach(region->handle())->join(Role::reader); },
        [&] { list_named(), sweep_named(); }};
    for (const auto& way : ways) {
      bool succeeded = false;
      for (int free = 0; free < 12; ++free) {
        const std::size_t before = open_descriptors();
        const std::string code = code_of(way);
        // When this many descriptors are enough, one more is enough as well.
        if (succeeded && !code.empty()) return false;
        succeeded = code.empty();
        if (open_descriptors() != before || name.exists()) return false;
        ::close(taken[taken.size() - 1 - free]);
      }
      if (!succeeded) return false;
      for (int free = 0; free < 12; ++free) ::dup2(0, taken[taken.size() - 1 - free]);
    }
    return true;
  });
  CHECK(child.succeeded());
}

TEST_CASE("a name squatted by another kind of file, a link or a wider mode is refused") {
  const Name name;
  const Name target{.text = name.text + "-target", .path = name.path + "-target"};
  const auto region = create_as(target);
  REQUIRE(::symlink(target.path.c_str(), name.path.c_str()) == 0);
  CHECK(code_of([&] { attach_as(name); }) == "ERR_ARENA_SYSTEM");
  CHECK(code_of([&] { create_as(name); }) == "ERR_ARENA_NAME_TAKEN");
  CHECK(target.exists());
  ::unlink(name.path.c_str());

  REQUIRE(::mkfifo(name.path.c_str(), 0600) == 0);
  CHECK(code_of([&] { attach_as(name); }) == "ERR_ARENA_SYSTEM");
  ::unlink(name.path.c_str());

  REQUIRE(::chmod(target.path.c_str(), 0644) == 0);
  CHECK(code_of([&] { attach_as(target); }) == "ERR_ARENA_SYSTEM");
}

TEST_CASE("another user's file is refused" * doctest::skip(kSanitized)) {
  if (::geteuid() != 0) return;  // only root can make one
  const Name name;
  const auto region = create_as(name);
  REQUIRE(::chown(name.path.c_str(), 65534, 65534) == 0);
  CHECK(code_of([&] { attach_as(name); }) == "ERR_ARENA_SYSTEM");
  CHECK(code_of([&] { create_as(name); }) == "ERR_ARENA_NAME_TAKEN");
}

TEST_CASE("the list of named arenas names their creators, and whether a process is attached") {
  const Name name;
  const auto listed = [&]() -> NamedArena {
    for (const NamedArena& arena : list_named()) {
      if (arena.name == name.text) return arena;
    }
    return {};
  };
  auto region = create_as(name);
  NamedArena arena = listed();
  CHECK(arena.size == region->layout().total_size);
  CHECK(arena.creator_pid == static_cast<std::uint32_t>(::getpid()));
  CHECK(arena.creator_alive);
  CHECK(arena.attached);
  CHECK(arena.compatible);
  region.reset();
  create_and_die(name);
  arena = listed();
  CHECK_FALSE(arena.attached);
  CHECK_FALSE(arena.creator_alive);
}

TEST_CASE("many that create and sweep one name at once leave exactly one arena") {
  const Name name;
  Shared<std::atomic<int>> made;
  std::vector<Forked> children;
  for (int child = 0; child < 4; ++child) {
    children.emplace_back([&] {
      for (int round = 0; round < 40; ++round) {
        const std::string code = code_of([&] {
          const auto region = create_as(name);
          if (attach_as(name)->creator().nonce != region->creator().nonce) std::abort();
          made->fetch_add(1);
        });
        if (code != "" && code != "ERR_ARENA_NAME_TAKEN" && code != "ERR_ARENA_STALE_HANDLE")
          return false;
      }
      return true;
    });
  }
  for (Forked& child : children) CHECK(child.succeeded());
  CHECK(*made > 0);
  CHECK_FALSE(name.exists());
}
