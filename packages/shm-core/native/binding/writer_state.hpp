/// The state that a writer's wrapper shares with the ArrayBuffers of its open units.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <unordered_map>

#include "private_buffers.hpp"
#include "reference.hpp"
#include "writer.hpp"

namespace arena::binding {

class Backing;

/// Private memory that an open unit is filled in. It is reused when no code can write to it any
/// more.
class UnitMemory {
 public:
  UnitMemory(core::PrivateBuffers& buffers, std::size_t size)
      : buffers_(buffers), buffer_(buffers.take(size)) {}
  ~UnitMemory() {
    if (!lost_) buffers_.give_back(buffer_);
  }
  UnitMemory(const UnitMemory&) = delete;
  UnitMemory& operator=(const UnitMemory&) = delete;

  std::byte* data() const noexcept { return buffer_.data; }
  /// Another thread may write to it until the process ends.
  void lose() noexcept { lost_ = true; }

 private:
  core::PrivateBuffers& buffers_;
  core::PrivateBuffer buffer_;
  bool lost_ = false;
};

/// Shared by the wrapper and the ArrayBuffers of its open units.
struct WriterState {
  WriterState(std::shared_ptr<core::Attachment> arena, bool wait_for_readers)
      : writer(std::move(arena), wait_for_readers) {}
  /// Ends the units that native code held when the environment ended. That code has stopped by
  /// then.
  ~WriterState();
  WriterState(const WriterState&) = delete;
  WriterState& operator=(const WriterState&) = delete;

  struct Opened {
    core::OpenUnit unit;
    /// The memory that the caller fills; empty when it is JavaScript's own.
    std::span<const std::byte> memory;
    /// Keeps `memory` when it is not the arena's.
    std::shared_ptr<UnitMemory> own_memory;
    /// Of the buffer that the caller fills: a unit that is dropped is aborted. Null where the
    /// buffer is JavaScript's own.
    Backing* backing = nullptr;
    Reference own_buffer;
    /// The buffer is private memory, which the commit copies.
    bool copied = false;
    /// Calls of native code that still write to the memory.
    std::uint32_t holds = 0;
    /// The unit has ended, but JavaScript can still write to the arena's memory through another
    /// buffer that it was moved to.
    bool seen = false;
    /// The unit has ended, and its memory is kept until no code writes to it any more.
    bool kept = false;

    napi_value buffer() const noexcept;
    /// Whether the bytes lie in the memory that the caller fills.
    bool contains(std::span<const std::byte> bytes) const noexcept;
  };
  using Place = std::unordered_map<std::uint32_t, Opened>::iterator;

  core::Writer writer;
  /// The memory in which units are filled that other peers may end.
  core::PrivateBuffers buffers;
  std::unordered_map<std::uint32_t, Opened> open;
  std::uint32_t last_id = 0;
  /// Open units that native code writes to.
  std::uint32_t held = 0;

  std::uint32_t new_id();
  /// `seen` where the unit's buffer could not be emptied.
  void abort(std::uint32_t id, bool seen);
  /// No buffer shows the unit's memory any more.
  void unseen(std::uint32_t id);
  /// Keeps the unit's memory until `unhold`, whatever ends the unit meanwhile.
  void hold(Opened& opened) noexcept;
  void unhold(std::uint32_t id);
  /// The environment ends, but another thread may write to the unit's memory until the process
  /// ends. So the unit stays open until then.
  void keep_for_ever(std::uint32_t id);
  /// The unit was committed or aborted.
  void end(Place unit) noexcept;

 private:
  void keep(Opened& opened) noexcept;
  /// Gives the unit back to the arena, unless that was done before.
  void discard(Opened& opened) noexcept;
};

}  // namespace arena::binding
