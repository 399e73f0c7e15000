/// core::BroadcastReader for JavaScript.
#pragma once

#include "broadcast_reader.hpp"
#include "reader_wrap.hpp"

namespace arena::binding {

class BroadcastReaderWrap final : public ReaderWrap {
 public:
  /// Makes the class that `instance().broadcast_reader` names.
  static void define(napi_env env);
  using ReaderWrap::ReaderWrap;
  napi_value close(const Call& call);

 private:
  /// () => status; offset, byteLength, envelopeOffset, envelopeLength, in records()
  napi_value borrow(const Call& call);
  /// () => status: ok, or lapped when the record was overtaken
  napi_value end_loan(const Call& call);
  napi_value overtaken(const Call& call);
  /// (from) => ArrayBuffer over the record area, twice in a row, from a byte on: to the end, or as
  /// much as the runtime views at once; undefined where it refuses. The one before is emptied.
  napi_value records(const Call& call);
  napi_value lag(const Call& call);
  napi_value lost(const Call& call);
  napi_value sync_to_newest(const Call& call);

  core::BroadcastReader& reader() const {
    return static_cast<core::BroadcastReader&>(*state().reader);
  }
  void end_records(napi_env env) noexcept;

  /// The last buffer of records(). It is emptied when the reader closes.
  Reference records_;
  /// The value of `lost` after the reader has closed.
  std::uint64_t lost_ = 0;
};

}  // namespace arena::binding
