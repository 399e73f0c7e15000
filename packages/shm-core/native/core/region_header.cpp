#include "region_header.hpp"

#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

#include "failure.hpp"
#include "process_identity.hpp"

namespace arena::core {
namespace {

[[noreturn]] void system_failure(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

[[noreturn]] void incompatible(const std::string& field, const std::string& detail) {
  throw ArenaFailure("ERR_ARENA_INCOMPATIBLE",
                     "incompatible arena: " + field + " " + detail +
                         ". Use the same version of arena on both sides.");
}

void expect(const char* field, std::uint64_t found, std::uint64_t wanted) {
  if (found == wanted) return;
  incompatible(field, "is " + std::to_string(found) + ", expected " + std::to_string(wanted));
}

std::uint64_t file_size(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) system_failure("fstat");
  return static_cast<std::uint64_t>(status.st_size);
}

/// An access to a hole allocates memory, and raises SIGBUS when no memory is left.
bool has_holes(int fd) {
  struct stat status {};
  struct statfs system {};
  if (::fstat(fd, &status) != 0 || ::fstatfs(fd, &system) != 0) system_failure("fstat");
  constexpr long kTmpfs = 0x01021994;
  return system.f_type == kTmpfs && status.st_blocks * 512 < status.st_size;
}

void write_all(int fd, const void* bytes, std::size_t size, std::uint64_t offset) {
  // The file has its full size and all of its memory, so the kernel writes all bytes in one call.
  if (::pwrite(fd, bytes, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size)) return;
  system_failure("pwrite");
}

/// In a new arena all memory is zero, except for this word of each peer.
void write_positions(int fd, const RegionConfig& config) {
  std::vector<std::byte> peers(config.peer_count * sizeof(PeerSlot));
  for (std::size_t at = offsetof(PeerSlot, position); at < peers.size(); at += sizeof(PeerSlot)) {
    std::memcpy(&peers[at], &kNoPosition, sizeof kNoPosition);
  }
  write_all(fd, peers.data(), peers.size(), RegionLayout::of(config).peers);
}

Creator this_creator() {
  Creator creator{};
  const ProcessIdentity self = this_process();
  creator.pid = self.pid;
  creator.uid = ::geteuid();
  creator.start_time = self.start_time;
  creator.pid_namespace = pid_namespace();
  if (::getrandom(&creator.nonce, sizeof creator.nonce, 0) != sizeof creator.nonce) {
    system_failure("getrandom");
  }
  const auto boot = boot_id();
  std::memcpy(creator.boot_id, boot.data(), boot.size());
  return creator;
}

bool is_this_boot(const Creator& creator) {
  const auto boot = boot_id();
  return std::memcmp(boot.data(), creator.boot_id, boot.size()) == 0;
}

/// Copies the header out of the file. False when the file is too short, or holds no arena.
bool copy_header(int fd, RegionHeader& header) {
  // SYNC: acquire; pairs with the order of the writes in write_header(). The magic is written last
  // and read first: a process that reads it also sees everything that was written before.
  std::uint64_t magic = 0;
  if (::pread(fd, &magic, sizeof magic, 0) != sizeof magic) return false;
  std::atomic_thread_fence(std::memory_order_acquire);
  alignas(RegionHeader) std::byte bytes[sizeof(RegionHeader)];
  // One read into private memory: the core checks and uses the same bytes.
  if (::pread(fd, bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) return false;
  std::memcpy(static_cast<void*>(&header), bytes, sizeof header);
  return magic == kMagic && header.magic.load() == kMagic;
}

}  // namespace

HeaderContent write_header(int fd, const RegionConfig& config) {
  write_positions(fd, config);
  RegionHeader header{};
  header.layout_version = kLayoutVersion;
  header.abi_hash = abi_hash();
  header.total_size = RegionLayout::of(config).total_size;
  header.config = config;
  header.creator = this_creator();
  write_all(fd, &header, sizeof header, 0);
  write_all(fd, &kMagic, sizeof kMagic, offsetof(RegionHeader, magic));
  return {config, header.creator};
}

HeaderContent read_header(int fd, const char* reached_by) {
  const std::uint64_t actual_size = file_size(fd);
  if (actual_size < kPageSize) incompatible("size", "is too small for a header");
  RegionHeader header;
  if (!copy_header(fd, header)) {
    incompatible("magic",
                 std::string("is not an arena's; the ") + reached_by + " points to something else");
  }
  expect("layout version", header.layout_version, kLayoutVersion);
  expect("ABI hash", header.abi_hash, abi_hash());
  if (const char* field = invalid_field(header.config)) incompatible(field, "is out of range");
  expect("total size", header.total_size, RegionLayout::of(header.config).total_size);
  expect("file size", actual_size, header.total_size);
  if (has_holes(fd)) incompatible("file", "has holes, which no arena has");
  expect("pid namespace", header.creator.pid_namespace, pid_namespace());
  if (!is_this_boot(header.creator)) incompatible("boot id", "is of another boot");
  return {header.config, header.creator};
}

std::optional<Origin> origin_of(int fd) {
  RegionHeader header;
  if (!copy_header(fd, header)) return std::nullopt;
  // Every version has the creator at this place: see LAYOUT.md.
  return Origin{header.creator,
                header.layout_version == kLayoutVersion && header.abi_hash == abi_hash()};
}

bool is_alive(const Creator& creator) {
  if (!is_this_boot(creator)) return false;
  // This process cannot see a process of another pid namespace: assume that it lives.
  if (creator.pid_namespace != pid_namespace()) return true;
  return ProcessWatch::open({creator.pid, creator.start_time}).has_value();
}

}  // namespace arena::core
