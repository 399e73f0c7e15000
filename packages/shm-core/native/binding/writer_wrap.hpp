/// core::Writer for JavaScript.
#pragma once

#include <memory>
#include <span>
#include <unordered_map>

#include "array_buffers.hpp"
#include "event_loop_turns.hpp"
#include "native_class.hpp"
#include "private_buffers.hpp"
#include "reference.hpp"
#include "writer.hpp"

namespace arena::binding {

/// Shared by the wrapper and the ArrayBuffers of its open units.
struct WriterState {
  WriterState(std::shared_ptr<core::Attachment> arena, bool wait_for_readers)
      : writer(std::move(arena), wait_for_readers) {}
  ~WriterState();
  WriterState(const WriterState&) = delete;
  WriterState& operator=(const WriterState&) = delete;

  struct Opened {
    core::OpenUnit unit;
    /// Of the buffer that the caller fills: a unit that is dropped is aborted. Null where the
    /// buffer is JavaScript's own.
    Backing* backing = nullptr;
    Reference own_buffer;
    /// The buffer is private memory, which the commit copies.
    bool copied = false;
    /// Ended, and yet JavaScript can write to its memory: through a buffer that it was moved to.
    /// The unit stays open until that one's end.
    bool seen = false;

    napi_value buffer() const noexcept;
  };
  core::Writer writer;
  /// Where units that are held are filled.
  core::PrivateBuffers buffers;
  std::unordered_map<std::uint32_t, Opened> open;
  std::uint32_t last_id = 0;

  std::uint32_t new_id();
  /// `seen` where the unit's buffer could not be emptied.
  void abort(std::uint32_t id, bool seen);
  /// Nobody sees the unit's memory any more.
  void unseen(std::uint32_t id);
  /// The environment ends, and another thread may write to the unit's memory until the process
  /// ends: it stays open as long.
  void keep_for_ever(std::uint32_t id);
  /// The unit was committed or aborted.
  void end(std::unordered_map<std::uint32_t, Opened>::iterator unit) noexcept;

 private:
  void keep_seen(Opened& opened) noexcept;
};

class WriterWrap final {
 public:
  /// Makes the class that `instance().writer` names.
  static void define(napi_env env);
  explicit WriterWrap(const Call& call);

 private:
  /// Throws ERR_ARENA_CLOSED.
  WriterState& state() const;
  napi_value show(napi_env env, std::uint32_t id);
  napi_value external_buffer(napi_env env, std::uint32_t id, WriterState::Opened& opened);
  napi_value own_buffer(napi_env env, std::uint32_t id, WriterState::Opened& opened);
  core::Status write(const Bytes& bytes, std::span<const std::byte> envelope, bool inlined,
                     bool notify);

  /// (byteLength, envelope | undefined) => status | ArrayBuffer; `opened` becomes [id, 1 where the
  /// commit copies the buffer]
  napi_value try_acquire(const Call& call);
  /// (id) => another ArrayBuffer of a unit whose commit found no place; fills `opened`
  napi_value reopen(const Call& call);
  /// (bytes, envelope | undefined, inline) => status
  napi_value try_write(const Call& call);
  /// (list of Uint8Array, first, inlineBytes, fair) => index after the last written, or a status as
  /// -1 - status when none was. Elements of at most inlineBytes go inline. `fair` stops once a turn
  /// of the event loop is due.
  napi_value try_write_many(const Call& call);
  /// (id, byteLength, ArrayBuffer) => status. A buffer that is not copied was emptied before.
  napi_value commit(const Call& call);
  /// (id, whether its buffer was emptied)
  napi_value abort(const Call& call);
  /// (byteLength, envelopeLength, timeoutMs | -1, spinMicroseconds, continued) => status
  napi_value wait(const Call& call);
  /// (byteLength, envelopeLength) => boolean
  napi_value arm(const Call& call);
  napi_value disarm(const Call& call);
  napi_value flush(const Call& call);
  napi_value stranded(const Call& call);
  napi_value add_wait(const Call& call);
  /// () => [segments, bytes of the queue, records]
  napi_value free_room(const Call& call);
  /// () => [lag, pid] of the slowest reader, or undefined
  napi_value slowest_reader(const Call& call);
  /// After `wait` until a deadline: nobody goes on with it.
  napi_value end_wait(const Call& call);
  /// () => [pid, milliseconds | -1] of the open unit behind which nothing goes on, or undefined
  napi_value held_up_by(const Call& call);
  napi_value close(const Call& call);

  std::shared_ptr<WriterState> state_;
  EventLoopTurns& turns_;
  /// The elements of `opened`, which JavaScript reads.
  std::uint32_t* opened_ = nullptr;
};

}  // namespace arena::binding
