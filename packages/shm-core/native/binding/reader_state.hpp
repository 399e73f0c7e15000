/// What a reader's wrapper and the ArrayBuffers of its leases have in common.
#pragma once

#include <memory>
#include <unordered_map>

#include "lease_windows.hpp"
#include "private_buffers.hpp"
#include "reader.hpp"
#include "reference.hpp"

namespace arena::binding {

class Backing;
class ReaderWrap;

/// Shared by the wrapper and the ArrayBuffers of its leases.
struct ReaderState {
  ReaderState(std::shared_ptr<core::Attachment> arena, core::From from, bool hardened)
      : reader(core::open_reader(std::move(arena), from)), hardened(hardened) {}
  /// Gives back what native code still held when its environment ended; by then it has stopped.
  ~ReaderState();
  ReaderState(const ReaderState&) = delete;
  ReaderState& operator=(const ReaderState&) = delete;
  std::unique_ptr<core::Reader> reader;
  core::PrivateBuffers buffers;
  /// Every lease is shown at an address of its own, which is nobody's once it is over.
  bool hardened;
  struct Lease {
    core::TakenUnit unit;
    core::PrivateBuffer copy{};
    core::LeaseWindow window{};
    /// Native code that still uses the memory; the release waits for it.
    std::uint32_t holds = 0;
    bool released = false;
    /// Released, and yet JavaScript can see the memory: through a buffer that it was moved to. The
    /// memory waits for the end of that one.
    bool seen = false;
    /// Of the buffer that shows the memory; null once nobody sees it.
    Backing* backing = nullptr;
  };
  std::unordered_map<std::uint32_t, Lease> leases;
  std::uint32_t last_id = 0;
  /// Null once the wrapper is collected.
  ReaderWrap* wrapper = nullptr;
  /// Called with the id of a lease that was collected instead of released.
  Reference on_leak;

  /// For the next lease; never 0.
  std::uint32_t new_id();
  /// `seen` where the lease's buffer could not be emptied.
  void release(std::uint32_t id, bool seen);
  void unhold(std::uint32_t id);
  /// Nobody sees the lease's memory any more. True when it was not released before.
  bool unseen(std::uint32_t id);
  /// The environment ends, and another thread may see the lease's memory until the process ends.
  /// Its unit stays leased by this process, and its memory where it is.
  void keep_for_ever(std::uint32_t id);

 private:
  void give_back(std::uint32_t id);
};

}  // namespace arena::binding
