/// core::Reader for JavaScript.
#pragma once

#include <memory>
#include <optional>

#include "event_loop_turns.hpp"
#include "native_class.hpp"
#include "reader_state.hpp"

namespace arena::binding {

class ReaderWrap final {
 public:
  /// Makes the class that `instance().reader` names.
  static void define(napi_env env);
  explicit ReaderWrap(const Call& call);
  ~ReaderWrap();
  ReaderWrap(const ReaderWrap&) = delete;
  ReaderWrap& operator=(const ReaderWrap&) = delete;
  /// Lets go of the mapping once the reader is closed and its last lease is released: it would
  /// otherwise stay until this object is collected.
  void let_go();

 private:
  /// (slab, at, holder) => status | ArrayBuffer. The table's first row becomes [id, zeroCopy,
  /// envelopeLength]; the envelope is copied into the slab at `at`, or where that has no room,
  /// becomes holder[0]; id 0 needs no release.
  napi_value take(const Call& call);
  /// (target) => status | [byteLength, envelope] | byteLength needed as a negative number
  napi_value take_into(const Call& call);
  /// (slab, max, ...what `take` gets) => minus the number of units copied into the slab, a status
  /// when there is none, or, where the first one is leased or too large for a batch, that one as
  /// `take` returns it. A row of the table becomes [offset, byteLength, envelopeOffset,
  /// envelopeLength] for each.
  napi_value take_many(const Call& call);
  /// () => status; fills the table's first row as above, with offsets into records()
  napi_value borrow(const Call& call);
  /// Ends the loan. False when the record was overtaken.
  napi_value end_loan(const Call& call);
  napi_value overtaken(const Call& call);
  /// (from) => ArrayBuffer over the record area, twice in a row, from a byte on: to the end, or as
  /// much as the runtime views at once; undefined where it refuses. The one before is emptied.
  napi_value records(const Call& call);
  napi_value end_quiet_stream(const Call& call);
  /// (id, whether its ArrayBuffer was emptied)
  napi_value release(const Call& call);
  /// (id) keeps the lease's memory past its release, until unhold(id)
  napi_value hold(const Call& call);
  napi_value unhold(const Call& call);
  /// (timeoutMs | -1, spinMicroseconds, continued) => status
  napi_value wait(const Call& call);
  napi_value arm(const Call& call);
  napi_value disarm(const Call& call);
  napi_value add_wait(const Call& call);
  napi_value lag(const Call& call);
  napi_value lost(const Call& call);
  napi_value sync_to_newest(const Call& call);
  napi_value on_leak(const Call& call);
  /// After `wait` until a deadline: nobody goes on with it.
  napi_value end_wait(const Call& call);
  /// () => [pid, milliseconds | -1] of the open unit behind which nothing goes on, or undefined
  napi_value held_up_by(const Call& call);
  napi_value close(const Call& call);

  /// Throws ERR_ARENA_CLOSED.
  ReaderState& state() const;
  /// The reader's next unit, or what a batch left to be told.
  core::Status next(core::TakenUnit& unit, std::uint64_t most = core::Reader::kAnySize);
  /// After a `finish` in vain: counts what is lost and moves on behind it.
  core::Status lapped();
  /// Where an envelope goes: arguments of `take`.
  struct EnvelopeTarget {
    napi_value slab;
    napi_value at;
    napi_value holder;
  };
  void end_records(napi_env env) noexcept;
  static void check_viewable(napi_env env, const core::TakenUnit& unit);
  /// Gives the unit back when it throws.
  napi_value hand_over(napi_env env, const core::TakenUnit& unit, const EnvelopeTarget& target);
  void copy_envelope(napi_env env, const core::RecordView& view, const EnvelopeTarget& target);
  napi_value external_buffer(napi_env env, std::byte* data, ReaderState::Lease lease,
                             std::uint32_t& id);
  napi_value leased_buffer(napi_env env, const core::TakenUnit& unit, std::uint32_t& id);
  napi_value copied_buffer(napi_env env, const core::TakenUnit& unit, std::uint32_t& id);

  std::shared_ptr<ReaderState> state_;
  EventLoopTurns& turns_;
  /// The first row of the table that JavaScript reads results from.
  double* row_ = nullptr;
  std::optional<core::TakenUnit> loan_;
  bool lapped_ = false;
  /// What records() returned: views of it end with the reader.
  Reference records_;
  std::uint64_t lost_ = 0;
};

}  // namespace arena::binding
