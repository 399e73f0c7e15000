/// Attaching to a header that no creator of this version has written.
#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "arenas.hpp"
#include "failures.hpp"
#include "process_identity.hpp"

using namespace arena::tests;

namespace {

RegionHeader& header_of(const Region& region) {
  return *reinterpret_cast<RegionHeader*>(reinterpret_cast<std::byte*>(&region.control()) -
                                          kPageSize);
}

/// The error when a header is attached to after `change`; it must name `field`.
std::string code_after(const RegionConfig& config, const std::string& field,
                       const std::function<void(RegionHeader&)>& change) {
  const auto region = create_region(config);
  const auto attach = [&] { Region::attach(region->handle(), false); };
  change(header_of(*region));
  if (message_of(attach).find(": " + field + " ") == std::string::npos) {
    return "no word of " + field + " in: " + message_of(attach);
  }
  return code_of(attach);
}

std::string code_after(const std::string& field, const std::function<void(RegionHeader&)>& change) {
  return code_after(pool_config(2), field, change);
}

constexpr char kIncompatible[] = "ERR_ARENA_INCOMPATIBLE";

}  // namespace

TEST_CASE("a header says who made the region, for which machine and which version") {
  const auto region = create_region(pool_config(2));
  const RegionHeader& header = header_of(*region);
  const ProcessIdentity self = this_process();
  CHECK(header.magic.load() == kMagic);
  CHECK(header.layout_version == kLayoutVersion);
  CHECK(header.abi_hash == abi_hash());
  CHECK(header.total_size == region->layout().total_size);
  CHECK(header.creator.pid == self.pid);
  CHECK(header.creator.start_time == self.start_time);
  CHECK(header.creator.pid_namespace == pid_namespace());
  CHECK(std::equal(std::begin(header.creator.boot_id), std::end(header.creator.boot_id),
                   boot_id().begin()));
  CHECK(header.creator.nonce != create_region(pool_config(2))->creator().nonce);
}

TEST_CASE("a region without its magic is not attached to: its creator has not finished") {
  CHECK(code_after("magic", [](RegionHeader& h) { h.magic = 0; }) == kIncompatible);
  CHECK(code_after("magic", [](RegionHeader& h) { h.magic = kMagic ^ 1; }) == kIncompatible);
}

TEST_CASE("another layout version or another build is told apart") {
  CHECK(code_after("layout version", [](auto& h) { h.layout_version = kLayoutVersion + 1; }) ==
        kIncompatible);
  CHECK(code_after("ABI hash", [](auto& h) { h.abi_hash ^= 1; }) == kIncompatible);
}

TEST_CASE("a size that is not that of the file is refused, as is a file of another size") {
  CHECK(code_after("total size", [](auto& h) { h.total_size += kPageSize; }) == kIncompatible);
  CHECK(code_after("total size", [](auto& h) {
          h.config.segment_count += 2;
          h.config.cell_count += 200;
        }) == kIncompatible);
  CHECK(code_after("file size", [](auto& h) {
          h.config.capacity += kPageSize;
          h.total_size += kPageSize;
        }) == kIncompatible);
}

TEST_CASE("every field of the configuration is checked before it is used") {
  using Change = std::function<void(RegionHeader&)>;
  const std::uint32_t huge = 0xffff'ffff;
  const std::pair<const char*, Change> changes[] = {
      {"kind", [](auto& h) { h.config.kind = Kind{7}; }},
      {"when_full", [](auto& h) { h.config.when_full = WhenFull{7}; }},
      {"capacity", [](auto& h) { h.config.capacity = ~std::uint64_t{0}; }},
      {"capacity", [](auto& h) { h.config.capacity = 0; }},
      {"granule_shift", [=](auto& h) { h.config.granule_shift = huge; }},
      {"cell_count", [=](auto& h) { h.config.cell_count = huge; }},
      {"peer_count", [=](auto& h) { h.config.peer_count = huge; }},
      {"segment_count", [=](auto& h) { h.config.segment_count = huge; }},
      {"segment_size", [](auto& h) { h.config.segment_size = ~std::uint64_t{0}; }},
      {"envelope_bytes", [=](auto& h) { h.config.envelope_bytes = huge; }},
      {"broadcast", [](auto& h) { h.config.broadcast = 9; }},
  };
  for (const auto& [field, change] : changes) CHECK(code_after(field, change) == kIncompatible);
}

TEST_CASE("a region of another pid namespace or another boot is refused") {
  CHECK(code_after("pid namespace", [](auto& h) { h.creator.pid_namespace ^= 1; }) ==
        kIncompatible);
  CHECK(code_after("boot id", [](auto& h) { h.creator.boot_id[3] ^= 1; }) == kIncompatible);
}

TEST_CASE("the error about a header names the found and the expected value") {
  const auto region = create_region(pool_config(2));
  header_of(*region).layout_version = 77;
  const std::string message = message_of([&] { Region::attach(region->handle(), false); });
  CHECK(message.find("layout version is 77, expected " + std::to_string(kLayoutVersion)) !=
        std::string::npos);
}
