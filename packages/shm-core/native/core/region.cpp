#include "region.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/permissions.hpp>
#include <boost/interprocess/shared_memory_object.hpp>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>

#include "memory_budget.hpp"
#include "named.hpp"
#include "process_identity.hpp"

namespace arena::core {
namespace bip = boost::interprocess;
namespace {

[[noreturn]] void system_failure(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

[[noreturn]] void incompatible(const std::string& field, const std::string& detail) {
  throw ArenaFailure("ERR_ARENA_INCOMPATIBLE",
                     "incompatible arena: " + field + " " + detail +
                         ". Use the same version of arena on both sides.");
}

std::uint64_t file_size(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) system_failure("fstat");
  return static_cast<std::uint64_t>(status.st_size);
}

/// A file with holes would be filled by touching it, and raise SIGBUS where there is no memory
/// left.
bool has_holes(int fd) {
  struct stat status {};
  struct statfs system {};
  if (::fstat(fd, &status) != 0 || ::fstatfs(fd, &system) != 0) system_failure("fstat");
  constexpr long kTmpfs = 0x01021994;
  return system.f_type == kTmpfs && status.st_blocks * 512 < status.st_size;
}

void allocate(int fd, std::uint64_t size, bool truncate_first) {
  if (truncate_first && ::ftruncate(fd, static_cast<off_t>(size)) != 0) system_failure("ftruncate");
  int error;
  do {
    error = ::posix_fallocate(fd, 0, static_cast<off_t>(size));
  } while (error == EINTR);
  if (error == ENOSPC || error == ENOMEM) {
    throw ArenaFailure("ERR_ARENA_OUT_OF_MEMORY",
                       "not enough shared memory for the arena: need " + std::to_string(size) +
                           " bytes, " + std::to_string(free_bytes_behind(fd)) +
                           " free. Make the arena smaller, or enlarge /dev/shm.");
  }
  if (error != 0) {
    errno = error;
    system_failure("posix_fallocate");
  }
}

int create_anonymous(std::uint64_t size) {
  const int fd = ::memfd_create("arena", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) system_failure("memfd_create");
  try {
    if (::fchmod(fd, 0600) != 0) system_failure("fchmod");
    allocate(fd, size, true);
    // Nobody can shrink it under our feet: no access to the mapping ever raises SIGBUS.
    if (::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
      system_failure("fcntl(F_ADD_SEALS)");
    }
  } catch (...) {
    ::close(fd);
    throw;
  }
  return fd;
}

int open_behind(const Handle& handle) {
  const auto stale = [&]() {
    return ArenaFailure("ERR_ARENA_STALE_HANDLE",
                        "stale arena handle: process " + std::to_string(handle.pid) +
                            " is gone or has closed the arena. Attach while its owner lives.");
  };
  const auto started = start_time_of(handle.pid);
  if (!started || *started != handle.start_time) throw stale();
  const std::string path =
      "/proc/" + std::to_string(handle.pid) + "/fd/" + std::to_string(handle.fd);
  // O_NONBLOCK: should the descriptor mean a pipe by now, opening it must not wait for a writer.
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    if (errno == ENOENT || errno == ENXIO || errno == ESRCH) throw stale();
    if (errno == EACCES || errno == EPERM) {
      throw ArenaFailure("ERR_ARENA_SYSTEM",
                         "cannot open the arena of process " + std::to_string(handle.pid) +
                             ": permission denied. Attach as the user who created it.");
    }
    system_failure("open");
  }
  const int seals = ::fcntl(fd, F_GET_SEALS);
  const int wanted = F_SEAL_SHRINK | F_SEAL_GROW;
  if (seals < 0 || (seals & wanted) != wanted) {
    ::close(fd);
    throw stale();
  }
  return fd;
}

}  // namespace

Region::Region(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

Region::~Region() {
  // Only what no part has replaced: parts unmap themselves, and what they leave may be another
  // thread's mapping at the next instruction.
  if (mapped_ < reserved_) ::munmap(base_ + mapped_, reserved_ - mapped_);
  parts_.clear();
  ::close(fd_);
}

std::shared_ptr<Region> Region::create(const CreateOptions& options) {
  if (const char* field = invalid_field(options.config)) {
    throw ArenaFailure("ERR_ARENA_INVALID_ARGUMENT",
                       std::string("impossible arena: ") + field + " is out of range.");
  }
  const std::uint64_t size = RegionLayout::of(options.config).total_size;
  check_budget(size);
  const bool named = !options.name.empty();
  const int fd = named ? create_named(options.name, size, allocate) : create_anonymous(size);
  std::shared_ptr<Region> region(new Region(fd, options.name));
  try {
    region->config_ = options.config;
    region->layout_ = RegionLayout::of(options.config);
    region->map(options.populate);
    region->publish_header(options.config);
  } catch (...) {
    if (named) unlink_named(options.name);
    throw;
  }
  return region;
}

std::shared_ptr<Region> Region::attach(const Handle& handle, bool populate) {
  const bool named = !handle.name.empty();
  const int fd = named ? open_named(handle.name) : open_behind(handle);
  std::shared_ptr<Region> region(new Region(fd, handle.name));
  region->read_header(file_size(fd), named ? "name" : "handle");
  if (!named && region->creator_.nonce != handle.nonce) {
    throw ArenaFailure(
        "ERR_ARENA_STALE_HANDLE",
        "stale arena handle: another arena is there now. Ask its owner for a new one.");
  }
  region->map(populate);
  return region;
}

void Region::read_header(std::uint64_t actual_size, const char* expectation) {
  if (actual_size < kPageSize) incompatible("size", "is too small for a header");
  // SYNC: acquire; the magic is read before the rest, so that with it all that the creator stored
  // before it is seen. Pairs with the release in publish_header(); the kernel copies in any order.
  std::uint64_t magic = 0;
  if (::pread(fd_, &magic, sizeof magic, 0) != sizeof magic) system_failure("pread");
  std::atomic_thread_fence(std::memory_order_acquire);
  alignas(RegionHeader) std::byte bytes[sizeof(RegionHeader)];
  // One read into private memory: what is checked is what is used.
  if (::pread(fd_, bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) {
    system_failure("pread");
  }
  RegionHeader header;
  std::memcpy(static_cast<void*>(&header), bytes, sizeof header);
  if (magic != kMagic || header.magic.load() != kMagic) {
    incompatible("magic", std::string("is not an arena's, or its creator has not finished; the ") +
                              expectation + " points to something else");
  }
  const auto expect = [](const char* field, std::uint64_t found, std::uint64_t wanted) {
    if (found != wanted) {
      incompatible(field, "is " + std::to_string(found) + ", expected " + std::to_string(wanted));
    }
  };
  expect("layout version", header.layout_version, kLayoutVersion);
  expect("ABI hash", header.abi_hash, abi_hash());
  if (const char* field = invalid_field(header.config)) incompatible(field, "is out of range");
  expect("total size", header.total_size, RegionLayout::of(header.config).total_size);
  expect("file size", actual_size, header.total_size);
  if (has_holes(fd_)) incompatible("file", "has holes, which no arena has");
  expect("pid namespace", header.creator.pid_namespace, pid_namespace());
  const auto boot = boot_id();
  if (std::memcmp(boot.data(), header.creator.boot_id, boot.size()) != 0) {
    incompatible("boot id", "is of another boot");
  }
  config_ = header.config;
  layout_ = RegionLayout::of(config_);
  creator_ = header.creator;
}

void Region::map(bool populate) {
  const std::uint64_t size = layout_.total_size + config_.capacity;
  void* base = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) {
    if (errno == ENOMEM) {
      throw ArenaFailure("ERR_ARENA_OUT_OF_MEMORY",
                         "not enough address space for the arena: need " + std::to_string(size) +
                             " bytes, " + std::to_string(available_address_space()) +
                             " free. Raise the limit (ulimit -v), or make the arena smaller.");
    }
    system_failure("mmap");
  }
  base_ = static_cast<std::byte*>(base);
  reserved_ = size;
  parts_.reserve(3);
  map_next(0, layout_.segments);
  map_next(layout_.records, config_.capacity);
  segments_ = base_ + mapped_;
  if (layout_.total_size > layout_.segments) {
    map_next(layout_.segments, layout_.total_size - layout_.segments);
  }
  if (!populate) return;
  for (const auto& part : parts_) {
    // Advice only: an older kernel faults the pages in one by one.
    (void)::madvise(part.get_address(), part.get_size(), MADV_HUGEPAGE);
    (void)::madvise(part.get_address(), part.get_size(), MADV_POPULATE_WRITE);
  }
}

void Region::map_next(std::uint64_t file_offset, std::uint64_t size) {
  try {
    const bip::file_mapping file(("/proc/self/fd/" + std::to_string(fd_)).c_str(), bip::read_write);
    parts_.emplace_back(file, bip::read_write, static_cast<bip::offset_t>(file_offset), size,
                        base_ + mapped_, MAP_FIXED);
    mapped_ += size;
  } catch (const bip::interprocess_exception& error) {
    throw std::system_error(error.get_native_error(), std::generic_category(), "mmap");
  }
}

LeaseWindow Region::open_window(const std::byte* bytes, std::uint64_t size,
                                std::byte*& shown) const {
  const std::uint64_t offset = layout_.segments + static_cast<std::uint64_t>(bytes - segments_);
  const std::uint64_t within = offset % kPageSize;
  LeaseWindow window(fd_, offset - within, within + size);
  shown = window.start() + within;
  return window;
}

void Region::publish_header(const RegionConfig& config) {
  creator_ = {};
  const ProcessIdentity self = this_process();
  creator_.pid = self.pid;
  creator_.uid = ::geteuid();
  creator_.start_time = self.start_time;
  creator_.pid_namespace = pid_namespace();
  if (::getrandom(&creator_.nonce, sizeof creator_.nonce, 0) != sizeof creator_.nonce) {
    system_failure("getrandom");
  }
  const auto boot = boot_id();
  std::memcpy(creator_.boot_id, boot.data(), boot.size());

  auto* header = at<RegionHeader>(0);
  header->layout_version = kLayoutVersion;
  header->abi_hash = abi_hash();
  header->total_size = layout_.total_size;
  header->config = config;
  header->creator = creator_;
  PeerSlot* slots = peers();
  for (std::uint32_t i = 0; i < config.peer_count; ++i) slots[i].position = kNoPosition;
  // SYNC: release; read_header() sees every field once it sees the magic.
  header->magic.store(kMagic, std::memory_order_release);
}

Handle Region::handle() const {
  if (!name_.empty()) return Handle{.name = name_};
  const ProcessIdentity self = this_process();
  return Handle{.name = {},
                .pid = self.pid,
                .fd = fd_,
                .start_time = self.start_time,
                .nonce = creator_.nonce};
}

void Region::poison(const char* what, std::uint64_t offset) const {
  mark_corrupt(offset);
  throw CorruptError(what, offset);
}

void Region::throw_poisoned() const {
  throw CorruptError("another process found it so", control().poisoned.load() - 1);
}

}  // namespace arena::core
