#include <doctest/doctest.h>

#include <string>

#include "arenas.hpp"
#include "failures.hpp"

using namespace arena::tests;

TEST_CASE("a handle comes back from its text as it was") {
  const Handle handle{.name = {},
                      .pid = 4194303,
                      .fd = 17,
                      .start_time = ~std::uint64_t{0},
                      .nonce = 0x0123'4567'89ab'cdef};
  const Handle again = Handle::parse(handle.to_string());
  CHECK(again.name.empty());
  CHECK(again.pid == handle.pid);
  CHECK(again.fd == handle.fd);
  CHECK(again.start_time == handle.start_time);
  CHECK(again.nonce == handle.nonce);
  CHECK(Handle::parse(Handle{.name = "a.b-C_9"}.to_string()).name == "a.b-C_9");
}

TEST_CASE("a handle is short and plain enough for an argument or a variable") {
  const std::string text = create_region(ring_config(WhenFull::fail))->handle().to_string();
  CHECK(text.size() < 80);
  CHECK(text.find_first_of(" \"'\\$\n") == std::string::npos);
}

TEST_CASE("text that no arena made is refused as a handle") {
  for (const std::string text : {"",
                                 "arena",
                                 "arena:1:",
                                 "arena:2:fd:1:2:3:4",
                                 "arena:1:fd:",
                                 "arena:1:fd:1:2:3",
                                 "arena:1:fd:1:2:3:4:5",
                                 "arena:1:fd:1:2:3:4 ",
                                 " arena:1:fd:1:2:3:4",
                                 "arena:1:fd:0:2:3:4",
                                 "arena:1:fd:1:-2:3:4",
                                 "arena:1:fd:-1:2:3:4",
                                 "arena:1:fd:1:x:3:4",
                                 "arena:1:fd:1:2:3:xyz",
                                 "arena:1:fd:99999999999:2:3:4",
                                 "arena:1:fd:1:2:3:",
                                 "arena:1:fd:1:2:3:11111111111111111",
                                 "arena:1:name:",
                                 "arena:1:name:a/b",
                                 "arena:1:name:../x",
                                 "arena:1:name:a b",
                                 "ARENA:1:name:a"}) {
    CAPTURE(text);
    CHECK(code_of([&] { Handle::parse(text); }) == "ERR_ARENA_HANDLE");
  }
  CHECK(code_of([] { Handle::parse("arena:1:name:" + std::string(201, 'a')); }) ==
        "ERR_ARENA_HANDLE");
  CHECK(code_of([] { Handle::parse(std::string("arena:1:name:a\0b", 16)); }) == "ERR_ARENA_HANDLE");
}

TEST_CASE("the error about a malformed handle quotes no more than its beginning") {
  const std::string message = message_of([] { Handle::parse(std::string(100'000, 'x')); });
  CHECK(message.size() < 200);
}
