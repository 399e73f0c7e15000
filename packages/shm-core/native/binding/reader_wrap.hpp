/// core::Reader for JavaScript.
#pragma once

#include <napi.h>

#include <memory>
#include <optional>

#include "reader_state.hpp"

namespace arena::binding {

class ReaderWrap final : public Napi::ObjectWrap<ReaderWrap> {
 public:
  static void define(Napi::Env env);
  explicit ReaderWrap(const Napi::CallbackInfo& info);
  ~ReaderWrap();
  /// Lets go of the mapping once the reader is closed and its last lease is released: it would
  /// otherwise stay until this object is collected.
  void let_go();

 private:
  /// (slab, at, holder) => status | ArrayBuffer. The table's first row becomes [id, zeroCopy,
  /// envelopeLength]; the envelope is copied into the slab at `at`, or where that has no room,
  /// becomes holder[0]; id 0 needs no release.
  Napi::Value take(const Napi::CallbackInfo& info);
  /// (target) => status | [byteLength, envelope] | byteLength needed as a negative number
  Napi::Value take_into(const Napi::CallbackInfo& info);
  /// (slab, max, ...what `take` gets) => minus the number of units copied into the slab, a status
  /// when there is none, or, where the first one is leased or too large for a batch, that one as
  /// `take` returns it. A row of the table becomes [offset, byteLength, envelopeOffset,
  /// envelopeLength] for each.
  Napi::Value take_many(const Napi::CallbackInfo& info);
  /// () => status; fills the table's first row as above, with offsets into records()
  Napi::Value borrow(const Napi::CallbackInfo& info);
  /// Ends the loan. False when the record was overtaken.
  Napi::Value end_loan(const Napi::CallbackInfo& info);
  Napi::Value overtaken(const Napi::CallbackInfo& info);
  /// () => ArrayBuffer over the record area, twice in a row; undefined where the runtime refuses
  Napi::Value records(const Napi::CallbackInfo& info);
  /// (id, ArrayBuffer)
  Napi::Value release(const Napi::CallbackInfo& info);
  /// (id) keeps the lease's memory past its release, until unhold(id)
  Napi::Value hold(const Napi::CallbackInfo& info);
  Napi::Value unhold(const Napi::CallbackInfo& info);
  /// (timeoutMs | -1, spinMicroseconds, continued) => status
  Napi::Value wait(const Napi::CallbackInfo& info);
  Napi::Value arm(const Napi::CallbackInfo& info);
  Napi::Value disarm(const Napi::CallbackInfo& info);
  Napi::Value add_wait(const Napi::CallbackInfo& info);
  Napi::Value lag(const Napi::CallbackInfo& info);
  Napi::Value lost(const Napi::CallbackInfo& info);
  Napi::Value sync_to_newest(const Napi::CallbackInfo& info);
  Napi::Value on_leak(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  /// Throws ERR_ARENA_CLOSED.
  ReaderState& state() const;
  /// The reader's next unit, or what a batch left to be told.
  core::Status next(core::TakenUnit& unit, std::uint64_t most = core::Reader::kAnySize);
  /// After a `finish` in vain: counts what is lost and moves on behind it.
  core::Status lapped();
  /// Where an envelope goes: arguments of `take`.
  struct EnvelopeTarget {
    Napi::Value slab;
    Napi::Value at;
    Napi::Value holder;
  };
  /// Gives the unit back when it throws.
  Napi::Value hand_over(Napi::Env env, const core::TakenUnit& unit, const EnvelopeTarget& target);
  void copy_envelope(Napi::Env env, const core::RecordView& view, const EnvelopeTarget& target);
  Napi::Value external_buffer(Napi::Env env, std::byte* data, ReaderState::Lease lease,
                              std::uint32_t& id);
  Napi::Value leased_buffer(Napi::Env env, const core::TakenUnit& unit, std::uint32_t& id);
  Napi::Value copied_buffer(Napi::Env env, const core::TakenUnit& unit, std::uint32_t& id);

  std::shared_ptr<ReaderState> state_;
  /// The first row of the table that JavaScript reads results from.
  double* row_ = nullptr;
  std::optional<core::TakenUnit> loan_;
  bool lapped_ = false;
  /// What records() returned: views of it end with the reader.
  Napi::ObjectReference records_;
  std::uint64_t lost_ = 0;
};

}  // namespace arena::binding
