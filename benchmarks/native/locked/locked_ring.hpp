/// The ring with which arena's ring is compared: fixed slots in shared memory, and a readers/writer
/// lock around every operation. A write copies a record in while no other process holds the lock. A
/// read copies a record out while no writer holds the lock. Every reader sees every record. A write
/// into a full ring fails, so no reader loses a record.
///
/// The design is that of the Python ring buffer whose benchmark arena repeats, operation for
/// operation. Use it for that benchmark alone: a process that is killed inside the lock hangs all
/// others.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "semaphore_lock.hpp"

namespace arena::locked {

inline constexpr std::uint32_t kMaxReaders = 256;

/// The state that the lock guards. It lies in shared memory.
struct State {
  ReadersWriterLock lock;
  /// A writer that waits for room sleeps here. It holds the lock's semaphore before and after.
  SemaphoreCondition room;
  std::atomic<std::uint32_t> waiting_for_room;

  std::uint64_t slots;
  std::uint64_t slot_bytes;
  std::uint32_t active_writers;
  std::uint32_t readers;
  /// Atomic, because a writer that waits for room reads it without the lock.
  std::atomic<std::uint64_t> written;
  /// Records that each reader has read.
  std::atomic<std::uint64_t> read[kMaxReaders];
};

enum class ReadOutcome { record, nothing, ended };

class LockedRing {
 public:
  /// Throws std::system_error.
  LockedRing(std::uint64_t slots, std::uint64_t slot_bytes);
  /// Opens another process's ring. From then on the kernel ends this process with its parent,
  /// because nothing else could stop it inside the lock. Throws std::system_error.
  explicit LockedRing(const std::string& handle);
  ~LockedRing();
  LockedRing(const LockedRing&) = delete;
  LockedRing& operator=(const LockedRing&) = delete;

  std::string handle() const;
  std::uint64_t slot_bytes() const noexcept { return state_->slot_bytes; }

  void add_writer();
  /// Starts at the next record. Throws std::system_error when there are too many.
  std::uint32_t add_reader();

  /// Copies `slot_bytes` bytes into the next slot; false when the slowest reader still needs it.
  bool try_write(const std::byte* record);
  /// False when no slot came free within `milliseconds`.
  bool wait_for_room(std::uint32_t milliseconds);
  void writer_done();

  /// Copies the next record into `target`, and waits at most `milliseconds` for one. `behind`
  /// becomes the number of records that were there before.
  ReadOutcome read(std::uint32_t reader, std::byte* target, std::uint32_t milliseconds,
                   std::uint64_t& behind);

 private:
  void map(std::uint64_t size);
  std::byte* slot(std::uint64_t sequence) const noexcept;
  bool full() const noexcept;

  int fd_ = -1;
  std::uint64_t size_ = 0;
  State* state_ = nullptr;
};

}  // namespace arena::locked
