#include "region.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <boost/interprocess/mapped_region.hpp>
#include <cerrno>
#include <system_error>

#include "file_locks.hpp"
#include "memory_budget.hpp"
#include "named.hpp"
#include "process_identity.hpp"
#include "region_file.hpp"
#include "region_header.hpp"
#include "snapshot.hpp"

namespace arena::core {
namespace bip = boost::interprocess;
namespace {

/// An open descriptor that Boost can map. Boost's own file_mapping would open the file again,
/// without O_CLOEXEC. Then a program that another thread starts at that moment would inherit the
/// arena.
class OpenFile {
 public:
  explicit OpenFile(int fd) noexcept : handle_{fd, false} {}
  bip::mapping_handle_t get_mapping_handle() const noexcept { return handle_; }
  bip::mode_t get_mode() const noexcept { return bip::read_write; }

 private:
  bip::mapping_handle_t handle_;
};

ArenaFailure out_of_addresses(std::uint64_t size) {
  return ArenaFailure("ERR_ARENA_OUT_OF_MEMORY",
                      "not enough address space for the arena: need " + std::to_string(size) +
                          " bytes, " + std::to_string(available_address_space()) +
                          " free. Raise the limit (ulimit -v), or make the arena smaller.");
}

/// Reserves addresses without memory.
std::byte* reserve(std::uint64_t size) {
  void* base = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base != MAP_FAILED) return static_cast<std::byte*>(base);
  if (errno == ENOMEM) throw out_of_addresses(size);
  throw std::system_error(errno, std::generic_category(), "mmap");
}

Descriptor create_file(const CreateOptions& options, std::uint64_t size) {
  if (options.name.empty()) return create_sealed_file(size);
  check_name(options.name);
  Descriptor file = create_nameless();
  allocate(file.get(), size);
  return file;
}

}  // namespace

Region::Region(Descriptor file, std::string name)
    : file_(std::move(file)), name_(std::move(name)), process_(::getpid()) {}

Region::~Region() {
  remove_name();
  // Unmap only the addresses that no part has replaced. The parts unmap themselves, and another
  // thread may map their addresses at once.
  if (mapped_ < reserved_) ::munmap(base_ + mapped_, reserved_ - mapped_);
  parts_.clear();
  // A child that another thread is starting has this descriptor until its exec. Release the lock,
  // so that the child does not count as attached.
  if (!name_.empty() && in_own_process()) release(file_.get(), FileLock::presence);
}

std::shared_ptr<Region> Region::create(const CreateOptions& options) {
  if (const char* field = invalid_field(options.config)) {
    throw ArenaFailure("ERR_ARENA_INVALID_ARGUMENT",
                       std::string("impossible arena: ") + field + " is out of range.");
  }
  const std::uint64_t size = RegionLayout::of(options.config).total_size;
  check_budget(size);
  Descriptor file = create_file(options, size);
  const HeaderContent header = write_header(file.get(), options.config);
  // Link the name last: a process that finds the name finds a complete arena.
  const bool named = !options.name.empty();
  if (named) file = give_name(std::move(file), options.name);
  std::shared_ptr<Region> region(new Region(std::move(file), options.name));
  region->removes_name_ = named;
  region->map(header, options.populate);
  return region;
}

std::shared_ptr<Region> Region::attach(const Handle& handle, bool populate) {
  const bool named = !handle.name.empty();
  Descriptor file = named ? open_named(handle.name) : open_behind(handle);
  const HeaderContent header = read_header(file.get(), named ? "name" : "handle");
  if (!named && header.creator.nonce != handle.nonce) {
    throw ArenaFailure(
        "ERR_ARENA_STALE_HANDLE",
        "stale arena handle: another arena is there now. Ask its owner for a new one.");
  }
  std::shared_ptr<Region> region(new Region(std::move(file), handle.name));
  region->map(header, populate);
  return region;
}

void Region::map(const HeaderContent& header, bool populate) {
  config_ = header.config;
  layout_ = RegionLayout::of(config_);
  creator_ = header.creator;
  const std::uint64_t size = layout_.total_size + config_.capacity;
  base_ = reserve(size);
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
    // A failure does no harm: an older kernel faults the pages in one by one.
    (void)::madvise(part.get_address(), part.get_size(), MADV_HUGEPAGE);
    (void)::madvise(part.get_address(), part.get_size(), MADV_POPULATE_WRITE);
  }
}

void Region::map_next(std::uint64_t file_offset, std::uint64_t size) {
  try {
    parts_.emplace_back(OpenFile(file_.get()), bip::read_write,
                        static_cast<bip::offset_t>(file_offset), size, base_ + mapped_, MAP_FIXED);
    mapped_ += size;
  } catch (const bip::interprocess_exception& error) {
    throw std::system_error(error.get_native_error(), std::generic_category(), "mmap");
  }
}

LeaseWindow Region::open_window(const std::byte* bytes, std::uint64_t size,
                                std::byte*& shown) const {
  const std::uint64_t offset = layout_.segments + static_cast<std::uint64_t>(bytes - segments_);
  const std::uint64_t within = offset % kPageSize;
  LeaseWindow window(file_.get(), offset - within, within + size);
  shown = window.start() + within;
  return window;
}

Handle Region::handle() const {
  if (!name_.empty()) return Handle{.name = name_};
  const ProcessIdentity self = this_process();
  return Handle{.name = {},
                .pid = self.pid,
                .fd = file_.get(),
                .start_time = self.start_time,
                .nonce = creator_.nonce};
}

void Region::remove_name() const noexcept {
  if (!removes_name_ || !in_own_process()) return;
  removes_name_ = false;
  try {
    core::remove_name(file_.get(), name_);
  } catch (const std::system_error&) {
    // The name stays until a sweep. A destructor has no caller that could handle the error.
  }
}

bool Region::in_own_process() const noexcept { return process_ == ::getpid(); }

Snapshot Region::snapshot() const { return take_snapshot(config_, creator_, base_); }

void Region::poison(const char* what, std::uint64_t offset) const {
  mark_corrupt(offset);
  throw CorruptError(what, offset);
}

void Region::throw_poisoned() const {
  throw CorruptError("another process found a wrong value", control().poisoned.load() - 1);
}

}  // namespace arena::core
