#include "named.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "arenas.hpp"
#include "failures.hpp"
#include "forked.hpp"
#include "sanitized.hpp"

using namespace arena::tests;

namespace {

/// A name of this test run alone, whose file is gone at the end whatever happens.
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

/// A child that creates the arena and dies without a word, as by a crash.
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

TEST_CASE("a name is taken while its arena lives, and nobody's afterwards") {
  const Name name;
  const auto region = create_as(name);
  CHECK(code_of([&] { create_as(name); }) == "ERR_ARENA_NAME_TAKEN");
  CHECK(unlink_named(name.text));
  CHECK_FALSE(unlink_named(name.text));
  CHECK(code_of([&] { attach_as(name); }) == "ERR_ARENA_STALE_HANDLE");
  const auto next = create_as(name);
  CHECK(next->creator().nonce != region->creator().nonce);
}

TEST_CASE("an arena whose creator is dead and which nobody holds is swept") {
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

TEST_CASE("an arena that somebody is attached to outlives its creator") {
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

TEST_CASE("an arena whose creator lives is not swept, even if nobody is attached") {
  const Name name;
  create_as(name).reset();
  CHECK(name.exists());
  CHECK_FALSE(is_swept(name));
}

TEST_CASE("a file that was left half made is swept, one that is being made is not") {
  const Name name;
  const int fd = ::open(name.path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  REQUIRE(fd >= 0);
  CHECK(is_swept(name));
  CHECK_FALSE(name.exists());
  ::close(fd);
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

TEST_CASE("the list of named arenas says who made them and whether anybody is there") {
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
  arena = listed();
  CHECK_FALSE(arena.attached);
  CHECK(arena.creator_alive);
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
          unlink_named(name.text);
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
