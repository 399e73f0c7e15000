/// The results of a call beside its status, for JavaScript.
#pragma once

#include <span>

#include "failure.hpp"
#include "receiver.hpp"
#include "reference.hpp"

namespace arena::binding {

/// One block of memory for all calls of an environment. JavaScript reads it right after the call,
/// and learns from `Results::value` where each number lies.
struct ResultNumbers {
  /// core::Status of a call that returns an ArrayBuffer.
  double status;
  /// The number of a lease or an open unit. 0 needs no release.
  double id;
  /// 1 where the bytes of a lease are the shared memory itself.
  double zero_copy;
  /// 1 where the commit of an open unit copies its buffer.
  double copied;
  double offset;
  double byte_length;
  double envelope_offset;
  double envelope_length;
  /// Units that were read or written.
  double count;
  /// Holds on open units: calls of native code that have not ended.
  double holds;
  /// 1 while a turn of the event loop is due.
  double turn_due;
};

class Results {
 public:
  explicit Results(napi_env env);

  ResultNumbers& numbers() noexcept { return *numbers_; }
  /// Of a call that returns an ArrayBuffer.
  void set_status(core::Status status) noexcept { numbers_->status = static_cast<double>(status); }
  /// One row for each unit of a batch.
  std::span<core::BatchRow> rows() noexcept { return {rows_, core::kBatchRows}; }
  /// An ArrayBuffer with an envelope for which the caller's memory has no room.
  void set_envelope(napi_value buffer);

  /// { numbers, rows, apart, at: the index of each number, row: the index of each number of a row,
  /// rowLength }
  napi_value value(napi_env env) const;

 private:
  ResultNumbers* numbers_ = nullptr;
  core::BatchRow* rows_ = nullptr;
  Reference numbers_array_;
  Reference rows_array_;
  /// A list of one ArrayBuffer, which JavaScript takes out.
  Reference apart_;
};

}  // namespace arena::binding
