/// core::Reader for JavaScript. Each method checks its arguments, makes one call of the core and
/// converts the result.
#pragma once

#include <memory>
#include <vector>

#include "event_loop_turns.hpp"
#include "native_class.hpp"
#include "reader_state.hpp"
#include "results.hpp"

namespace arena::binding {

/// The methods of every reader. Calls return a status and leave the rest in `Results`. A call that
/// makes an ArrayBuffer returns that, and leaves the status as well.
class ReaderWrap {
 public:
  /// (Attachment, from, hardened)
  explicit ReaderWrap(const Call& call);
  ~ReaderWrap();
  ReaderWrap(const ReaderWrap&) = delete;
  ReaderWrap& operator=(const ReaderWrap&) = delete;
  /// Unmaps the arena when the reader is closed and its last lease is released. Otherwise the
  /// mapping would stay until this object is collected.
  void let_go();

 protected:
  /// The properties of a class that inherits this one.
  template <typename Defined>
  static std::vector<napi_property_descriptor> methods();

  /// (slab, at) => ArrayBuffer | undefined; status, id, zeroCopy, envelopeLength. The envelope is
  /// copied to the slab.
  napi_value take(const Call& call);
  /// (target) => status; byteLength, and the envelope. tooLarge with the byteLength that is needed.
  napi_value take_into(const Call& call);
  /// (units, max, slab, at) => undefined; status, count, and a row for each unit copied to `units`.
  /// Or, with a count of 0, as `take`: one unit was taken alone.
  napi_value take_many(const Call& call);
  /// () => status: ended, or empty when a writer has come meanwhile
  napi_value end_quiet_stream(const Call& call);
  /// () => status: peerLost, or empty when a writer has come meanwhile
  napi_value confirm_loss(const Call& call);
  /// (id, whether its ArrayBuffer was emptied)
  napi_value release(const Call& call);
  /// (id) keeps the lease's memory past its release, until unhold(id)
  napi_value hold(const Call& call);
  napi_value unhold(const Call& call);
  /// (timeoutMs | -1, spinMicroseconds, continued) => status
  napi_value wait(const Call& call);
  /// (units) => status: ok when there is something to read already, else empty
  napi_value arm(const Call& call);
  napi_value disarm(const Call& call);
  napi_value add_wait(const Call& call);
  napi_value on_leak(const Call& call);
  /// After `wait` until a deadline: this call does not go on with the wait.
  napi_value end_wait(const Call& call);
  /// () => [pid, milliseconds | -1] of the open unit that this reader waits behind, or undefined
  napi_value held_up_by(const Call& call);
  napi_value close(const Call& call);

  /// Throws ERR_ARENA_CLOSED.
  ReaderState& state() const;

  std::shared_ptr<ReaderState> state_;
  EventLoopTurns& turns_;
  Results& results_;
};

class ExclusiveReaderWrap final : public ReaderWrap {
 public:
  /// Makes the class that `instance().exclusive_reader` names.
  static void define(napi_env env);
  using ReaderWrap::ReaderWrap;
};

template <typename Defined>
std::vector<napi_property_descriptor> ReaderWrap::methods() {
  using W = Defined;
  return {method<&W::take, W>("take"),
          method<&W::take_into, W>("takeInto"),
          method<&W::take_many, W>("takeMany"),
          method<&W::end_quiet_stream, W>("endQuietStream"),
          method<&W::confirm_loss, W>("confirmLoss"),
          method<&W::release, W>("release"),
          method<&W::hold, W>("hold"),
          method<&W::unhold, W>("unhold"),
          method<&W::wait, W>("wait"),
          method<&W::arm, W>("arm"),
          method<&W::disarm, W>("disarm"),
          method<&W::add_wait, W>("addWait"),
          method<&W::on_leak, W>("onLeak"),
          method<&W::end_wait, W>("endWait"),
          method<&W::held_up_by, W>("heldUpBy"),
          method<&W::close, W>("close")};
}

}  // namespace arena::binding
