/// core::Writer for JavaScript. Each method checks its arguments, makes one call of the core and
/// converts the result. Calls return a status and leave the rest in `Results`. A call that makes an
/// ArrayBuffer returns that, and leaves the status as well.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "array_buffers.hpp"
#include "event_loop_turns.hpp"
#include "native_class.hpp"
#include "results.hpp"
#include "writer_directory.hpp"
#include "writer_state.hpp"

namespace arena::binding {

class WriterWrap final {
 public:
  /// Makes the class that `instance().writer` names.
  static void define(napi_env env);
  explicit WriterWrap(const Call& call);
  ~WriterWrap();
  WriterWrap(const WriterWrap&) = delete;
  WriterWrap& operator=(const WriterWrap&) = delete;

  /// (bytes) => [Writer, id] of the open unit that they lie in, whose memory stays until
  /// `unhold(id)`; undefined where they lie in no unit of this thread
  static napi_value hold_unit_of(const Call& call);

 private:
  /// Throws ERR_ARENA_CLOSED.
  WriterState& state() const;
  /// Also the state of a closed writer, while native code still writes to its units.
  WriterState* any_state() const noexcept { return state_ ? state_.get() : closed_state_.get(); }
  std::optional<std::uint32_t> hold_unit_at(std::span<const std::byte> bytes);
  napi_value show(napi_env env, std::uint32_t id);
  void give_up(napi_env env, std::uint32_t id);
  napi_value external_buffer(napi_env env, std::uint32_t id, WriterState::Opened& opened);
  napi_value own_buffer(napi_env env, std::uint32_t id, WriterState::Opened& opened);

  /// (byteLength, envelope | undefined) => ArrayBuffer | undefined; status, id, copied
  napi_value try_acquire(const Call& call);
  /// (id) => as tryAcquire, for a unit whose commit found no place
  napi_value reopen(const Call& call);
  /// (bytes, envelope | undefined, queueLimit) => status
  napi_value try_write(const Call& call);
  /// (list of Uint8Array, first, queueLimit, fair) => status; count of the units written, at most
  /// kUnitsPerCall. `fair` stops once a turn of the event loop is due.
  napi_value try_write_many(const Call& call);
  /// (id, byteLength, ArrayBuffer) => status. A buffer that is not copied was emptied before.
  napi_value commit(const Call& call);
  /// (id, whether its buffer was emptied)
  napi_value abort(const Call& call);
  /// (id) => whether its memory is JavaScript's own, which the caller keeps. The memory stays until
  /// unhold(id), whatever ends the unit.
  napi_value hold(const Call& call);
  napi_value unhold(const Call& call);
  /// (id) => whether native code writes to its memory
  napi_value is_held(const Call& call);
  /// (byteLength, envelopeLength, queueLimit, timeoutMs | -1, spinMicroseconds, continued) =>
  /// status
  napi_value wait(const Call& call);
  /// (byteLength, envelopeLength, queueLimit) => status: ok when there may be room already, else
  /// full
  napi_value arm(const Call& call);
  napi_value disarm(const Call& call);
  napi_value flush(const Call& call);
  napi_value stranded(const Call& call);
  napi_value add_wait(const Call& call);
  /// () => [segments, bytes of the queue, records]
  napi_value free_room(const Call& call);
  /// () => [lag, pid] of the slowest reader, or undefined
  napi_value slowest_reader(const Call& call);
  /// After `wait` until a deadline: this call does not go on with the wait.
  napi_value end_wait(const Call& call);
  /// () => [pid, milliseconds | -1] of the open unit that keeps the room, or undefined
  napi_value held_up_by(const Call& call);
  napi_value close(const Call& call);

  std::shared_ptr<WriterState> state_;
  /// The state of a closed writer, until native code has ended the last hold.
  std::shared_ptr<WriterState> closed_state_;
  std::shared_ptr<WriterDirectory> directory_;
  Reference self_;
  EventLoopTurns& turns_;
  Results& results_;
};

}  // namespace arena::binding
