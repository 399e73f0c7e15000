/// core::Reader for JavaScript.
#pragma once

#include <napi.h>

#include <memory>
#include <optional>
#include <unordered_map>

#include "lease_windows.hpp"
#include "private_buffers.hpp"
#include "reader.hpp"

namespace arena::binding {

class ReaderWrap;

/// Shared by the wrapper and the ArrayBuffers of its leases.
struct ReaderState {
  ReaderState(std::shared_ptr<core::Attachment> arena, core::From from, bool hardened)
      : reader(std::move(arena), from), hardened(hardened) {}
  /// Gives back what native code still held when its environment ended; by then it has stopped.
  ~ReaderState();
  ReaderState(const ReaderState&) = delete;
  ReaderState& operator=(const ReaderState&) = delete;
  core::Reader reader;
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
  };
  std::unordered_map<std::uint32_t, Lease> leases;
  std::uint32_t last_id = 0;
  /// Null once the wrapper is collected.
  ReaderWrap* wrapper = nullptr;
  /// Called with the id of a lease that was collected instead of released.
  Napi::FunctionReference on_leak;

  /// For the next lease; never 0.
  std::uint32_t new_id();
  /// False when it was released before.
  bool release(std::uint32_t id);
  void unhold(std::uint32_t id);

 private:
  void give_back(std::uint32_t id);
};

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
