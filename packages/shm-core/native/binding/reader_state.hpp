/// The state that a reader's wrapper shares with the ArrayBuffers of its leases.
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
  /// Gives back the leases that native code held when the environment ended. That code has stopped
  /// by then.
  ~ReaderState();
  ReaderState(const ReaderState&) = delete;
  ReaderState& operator=(const ReaderState&) = delete;
  std::unique_ptr<core::Reader> reader;
  core::PrivateBuffers buffers;
  /// Every lease is shown at an address of its own, where nothing is mapped after its end.
  bool hardened;
  struct Lease {
    core::TakenUnit unit;
    core::PrivateBuffer copy{};
    core::LeaseWindow window{};
    /// Calls of native code that still use the memory. The release waits for them.
    std::uint32_t holds = 0;
    bool released = false;
    /// The lease is released, but JavaScript can still see its memory through another buffer that
    /// it was moved to. The memory is kept until that buffer is gone.
    bool seen = false;
    /// The backing of the buffer that shows the memory; null when no buffer shows it any more.
    Backing* backing = nullptr;
  };
  std::unordered_map<std::uint32_t, Lease> leases;
  std::uint32_t last_id = 0;
  /// Null after the wrapper is collected.
  ReaderWrap* wrapper = nullptr;
  /// JavaScript function. Gets the id of each lease that was collected instead of released.
  Reference on_leak;

  /// The number of the next lease; never 0.
  std::uint32_t new_id();
  /// `seen` where the lease's buffer could not be emptied.
  void release(std::uint32_t id, bool seen);
  void unhold(std::uint32_t id);
  /// No buffer shows the lease's memory any more. True when the lease was not released before.
  bool unseen(std::uint32_t id);
  /// The environment ends, but another thread may see the lease's memory until the process ends. So
  /// this process keeps the lease and the mapping until it ends.
  void keep_for_ever(std::uint32_t id);

 private:
  void give_back(std::uint32_t id);
};

}  // namespace arena::binding
