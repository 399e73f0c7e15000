/// Attaches to a file with any header, by any handle. The attempt fails with an error, or gives a
/// region whose bytes can all be reached.
///
/// Input: one byte that chooses the file's size, the header's bytes, then the text of a handle.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <system_error>

#include "input.hpp"
#include "process_identity.hpp"
#include "region.hpp"

using namespace arena::core;
using arena::fuzz::Input;

namespace {

/// Larger files cost time and memory, and reach no other code.
constexpr std::uint64_t kLargestFile = 1 << 20;

struct File {
  explicit File(std::uint64_t size) : fd(::memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    if (fd < 0 || ::posix_fallocate(fd, 0, static_cast<off_t>(size)) != 0) __builtin_trap();
    ::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
  }
  ~File() { ::close(fd); }
  const int fd;
};

/// Fills in the fields that an input cannot guess, so that the fuzzer reaches the other checks.
void complete(RegionHeader& header, std::uint8_t choice) {
  if ((choice & 1) != 0) return;
  header.magic = kMagic;
  header.layout_version = kLayoutVersion;
  header.abi_hash = abi_hash();
  header.creator.pid_namespace = pid_namespace();
  const auto boot = boot_id();
  std::memcpy(header.creator.boot_id, boot.data(), boot.size());
  if ((choice & 2) == 0) header.total_size = RegionLayout::of(header.config).total_size;
}

std::uint64_t file_size(const RegionHeader& header, std::uint8_t choice) {
  const bool possible = header.total_size > 0 && header.total_size <= kLargestFile;
  if ((choice & 4) == 0 && possible) return header.total_size;
  return std::uint64_t{choice} * 512 + 1;
}

/// Reads the first and last byte of every part of the region.
void touch(const Region& region) {
  volatile std::uint64_t sum = region.control().tail.load();
  const RegionConfig& config = region.config();
  sum = sum + region.peers()[config.peer_count - 1].state.load();
  sum = sum + region.cells()[config.cell_count - 1].word.load();
  volatile std::byte* const records = region.records();
  records[0] = records[2 * config.capacity - 1];
  for (std::uint32_t index = 0; index < config.segment_count; ++index) {
    volatile std::byte* const segment = region.segment(index);
    segment[0] = segment[region.layout().segment_stride - 1];
    if (config.broadcast != 0) sum = sum + region.lease_lanes(index)[config.peer_count - 1].load();
  }
}

void attach(const Handle& handle) {
  try {
    touch(*Region::attach(handle, false));
  } catch (const ArenaFailure&) {
  } catch (const std::system_error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const auto choice = input.take<std::uint8_t>();
  alignas(RegionHeader) std::array<std::byte, sizeof(RegionHeader)> bytes{};
  for (std::byte& byte : bytes) byte = input.take<std::byte>();
  auto& header = *reinterpret_cast<RegionHeader*>(bytes.data());
  complete(header, choice);

  const std::uint64_t file_bytes = file_size(header, choice);
  const File file(file_bytes);
  if (::pwrite(file.fd, bytes.data(), std::min(file_bytes, bytes.size()), 0) < 0) __builtin_trap();
  const ProcessIdentity self = this_process();
  attach(Handle{.name = {},
                .pid = self.pid,
                .fd = file.fd,
                .start_time = self.start_time,
                .nonce = header.creator.nonce});
  const std::string text(input.rest().begin(), input.rest().end());
  try {
    // A parsed handle gives the same text again.
    if (Handle::parse(Handle::parse(text).to_string()).to_string() !=
        Handle::parse(text).to_string()) {
      __builtin_trap();
    }
  } catch (const ArenaFailure&) {
  }
  return 0;
}
