#include "options.hpp"

#include <cstdio>
#include <cstdlib>

namespace arena::tests {
namespace {

[[noreturn]] void explain() {
  std::fputs(
      "usage: arena-kill-steps [--sample N] [--seed S] [--every] [--kill | --delay]\n"
      "                        [--only TEXT] [--shard I/N]\n"
      "  --sample N    delay before N instructions of each operation, not before all\n"
      "  --seed S      draws these N instructions\n"
      "  --every       also kill after instructions that changed no shared byte\n"
      "  --kill        only kill\n"
      "  --delay       only delay\n"
      "  --only TEXT   try operations whose name contains TEXT\n"
      "  --shard I/N   try part I of N parts, counted from 0\n",
      stderr);
  std::exit(2);
}

std::uint64_t number(const char* text) {
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text, &end, 10);
  if (end == text || *end != '\0') explain();
  return value;
}

void parse_shard(const char* text, Options& options) {
  char rest = '\0';
  unsigned long long shard = 0, shards = 0;
  if (std::sscanf(text, "%llu/%llu%c", &shard, &shards, &rest) != 2 || shard >= shards) explain();
  options.shard = shard;
  options.shards = shards;
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] {
      if (++i >= argc) explain();
      return argv[i];
    };
    if (argument == "--sample") {
      options.sample = number(value());
    } else if (argument == "--seed") {
      options.seed = number(value());
    } else if (argument == "--every") {
      options.every = true;
    } else if (argument == "--kill") {
      options.delay = false;
    } else if (argument == "--delay") {
      options.kill = false;
    } else if (argument == "--only") {
      options.only = value();
    } else if (argument == "--shard") {
      parse_shard(value(), options);
    } else {
      explain();
    }
  }
  return options;
}

}  // namespace arena::tests
