/// The limit of this machine. Two native processes move payloads through a region. One copies in.
/// The other only takes (mode `in`), or copies out as well (mode `in-out`). Every row of the
/// transport benchmark is printed as a share of this limit, measured in the same run.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "copy.hpp"
#include "exclusive_reader.hpp"
#include "writer.hpp"

namespace {
using namespace arena::core;

struct Options {
  std::uint64_t bytes = 32 << 20;
  std::uint64_t items = 16;
  std::uint32_t segments = 5;
  std::uint32_t runs = 3;
  std::uint32_t distinct = 4;
  bool copy_out = false;
};

[[noreturn]] void usage() {
  std::fprintf(stderr,
               "usage: arena-copy-limit [--bytes N] [--items N] [--segments N] [--runs N] "
               "[--distinct N] [--mode in|in-out]\n");
  std::exit(2);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) usage();
    const std::string name = argv[i];
    if (name == "--mode") {
      options.copy_out = std::strcmp(argv[i + 1], "in-out") == 0;
      if (!options.copy_out && std::strcmp(argv[i + 1], "in") != 0) usage();
      continue;
    }
    const unsigned long long value = std::strtoull(argv[i + 1], nullptr, 10);
    if (value == 0) usage();
    if (name == "--bytes") {
      options.bytes = value;
    } else if (name == "--items") {
      options.items = value;
    } else if (name == "--segments") {
      options.segments = static_cast<std::uint32_t>(value);
    } else if (name == "--runs") {
      options.runs = static_cast<std::uint32_t>(value);
    } else if (name == "--distinct") {
      options.distinct = static_cast<std::uint32_t>(value);
    } else {
      usage();
    }
  }
  return options;
}

std::vector<std::byte> random_bytes(std::uint64_t size) {
  std::vector<std::byte> bytes(size);
  std::mt19937_64 random(size);
  for (std::uint64_t at = 0; at + 8 <= size; at += 8) {
    const std::uint64_t word = random();
    std::memcpy(bytes.data() + at, &word, 8);
  }
  return bytes;
}

/// Writes one warm-up pass and `runs` timed ones.
[[noreturn]] void produce(const Options& options, const Handle& handle, CopyMethod method) {
  Writer writer(std::make_shared<Attachment>(Region::attach(handle)));
  std::vector<std::vector<std::byte>> sources;
  for (std::uint32_t i = 0; i < options.distinct; ++i)
    sources.push_back(random_bytes(options.bytes));
  for (std::uint64_t item = 0; item < options.items * (options.runs + 1); ++item) {
    OpenUnit unit;
    while (writer.try_acquire(options.bytes, {}, unit) == Status::full) {
      if (writer.wait(writer.placement(options.bytes, 0), std::nullopt) != Status::ok)
        std::_Exit(1);
    }
    copy_bytes(unit.bytes, sources[item % options.distinct].data(), options.bytes, method);
    if (writer.commit(unit, options.bytes) != Status::ok) std::_Exit(1);
  }
  writer.close();
  std::_Exit(0);
}

/// Takes one pass; returns items per second.
double consume_pass(const Options& options, Reader& reader, std::vector<std::byte>& target,
                    CopyMethod method) {
  const auto began = Clock::now();
  for (std::uint64_t item = 0; item < options.items; ++item) {
    TakenUnit unit;
    Status status;
    while ((status = reader.take(unit)) == Status::empty) (void)reader.wait(std::nullopt);
    if (status != Status::ok) std::exit(1);
    if (options.copy_out) copy_bytes(target.data(), unit.view.bytes, options.bytes, method);
    reader.finish(unit);
    reader.release(unit);
  }
  return options.items / std::chrono::duration<double>(Clock::now() - began).count();
}

std::vector<double> measure(const Options& options, CopyMethod method) {
  RegionConfig config{};
  config.kind = Kind::pool;
  config.when_full = WhenFull::wait;
  config.capacity = 1 << 16;
  config.granule_shift = 6;
  config.cell_count = 64 + 2 * options.segments;
  config.peer_count = 2;
  config.segment_count = options.segments;
  config.segment_size = options.bytes;
  auto region = Region::create({config, "", true});
  ExclusiveReader reader(std::make_shared<Attachment>(region));
  const Handle handle = region->handle();
  const pid_t child = ::fork();
  if (child == 0) produce(options, handle, method);
  // Write all pages once before, so that no page fault is measured.
  std::vector<std::byte> target(options.copy_out ? options.bytes : 0, std::byte{1});
  (void)consume_pass(options, reader, target, method);
  std::vector<double> rates;
  for (std::uint32_t run = 0; run < options.runs; ++run) {
    rates.push_back(consume_pass(options, reader, target, method));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return rates;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const Options options = parse(argc, argv);
  try {
    const auto plain = measure(options, CopyMethod::plain);
    const auto streamed = measure(options, CopyMethod::non_temporal);
    const bool plain_wins = mean(plain) >= mean(streamed);
    const auto& best = plain_wins ? plain : streamed;
    std::string rates;
    for (const double rate : best) {
      if (!rates.empty()) rates += ',';
      rates += std::to_string(rate);
    }
    std::printf(
        "{\"mode\":\"%s\",\"bytes\":%llu,\"itemsPerSecond\":[%s],\"mbPerSecond\":%.1f,\"method\":"
        "\"%s\"}\n",
        options.copy_out ? "in-out" : "in", static_cast<unsigned long long>(options.bytes),
        rates.c_str(), mean(best) * static_cast<double>(options.bytes) / 1e6,
        plain_wins ? "memcpy" : "non-temporal");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "arena-copy-limit: %s\n", error.what());
    return 1;
  }
  return 0;
}
