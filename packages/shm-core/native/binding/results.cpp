#include "results.hpp"

#include <cstddef>

#include "array_buffers.hpp"
#include "values.hpp"

namespace arena::binding {
namespace {

constexpr std::size_t kNumbers = sizeof(ResultNumbers) / sizeof(double);
constexpr std::size_t kRowLength = sizeof(core::BatchRow) / sizeof(std::uint32_t);

/// The index of a field among fields of this type.
template <typename Type>
constexpr std::uint32_t index_of(std::size_t offset) {
  return static_cast<std::uint32_t>(offset / sizeof(Type));
}

napi_value number_indices(napi_env env) {
  Object at(env);
  at.set("status", index_of<double>(offsetof(ResultNumbers, status)));
  at.set("id", index_of<double>(offsetof(ResultNumbers, id)));
  at.set("zeroCopy", index_of<double>(offsetof(ResultNumbers, zero_copy)));
  at.set("copied", index_of<double>(offsetof(ResultNumbers, copied)));
  at.set("offset", index_of<double>(offsetof(ResultNumbers, offset)));
  at.set("byteLength", index_of<double>(offsetof(ResultNumbers, byte_length)));
  at.set("envelopeOffset", index_of<double>(offsetof(ResultNumbers, envelope_offset)));
  at.set("envelopeLength", index_of<double>(offsetof(ResultNumbers, envelope_length)));
  at.set("count", index_of<double>(offsetof(ResultNumbers, count)));
  at.set("holds", index_of<double>(offsetof(ResultNumbers, holds)));
  at.set("turnDue", index_of<double>(offsetof(ResultNumbers, turn_due)));
  return at.value();
}

napi_value row_indices(napi_env env) {
  Object row(env);
  row.set("offset", index_of<std::uint32_t>(offsetof(core::BatchRow, offset)));
  row.set("byteLength", index_of<std::uint32_t>(offsetof(core::BatchRow, byte_length)));
  row.set("envelopeOffset", index_of<std::uint32_t>(offsetof(core::BatchRow, envelope_offset)));
  row.set("envelopeLength", index_of<std::uint32_t>(offsetof(core::BatchRow, envelope_length)));
  return row.value();
}

}  // namespace

Results::Results(napi_env env) {
  constexpr std::size_t kRowsAt = sizeof(ResultNumbers);
  constexpr std::size_t kRowNumbers = core::kBatchRows * kRowLength;
  std::byte* block = nullptr;
  napi_value numbers = nullptr;
  napi_value rows = nullptr;
  napi_value apart = nullptr;
  const napi_value buffer =
      new_array_buffer(env, kRowsAt + kRowNumbers * sizeof(std::uint32_t), block);
  check(napi_create_typedarray(env, napi_float64_array, kNumbers, buffer, 0, &numbers));
  check(napi_create_typedarray(env, napi_uint32_array, kRowNumbers, buffer, kRowsAt, &rows));
  check(napi_create_array_with_length(env, 1, &apart));
  numbers_array_ = Reference::strong(env, numbers);
  rows_array_ = Reference::strong(env, rows);
  apart_ = Reference::strong(env, apart);
  numbers_ = reinterpret_cast<ResultNumbers*>(block);
  rows_ = reinterpret_cast<core::BatchRow*>(block + kRowsAt);
}

void Results::set_envelope(napi_value buffer) {
  check(napi_set_element(apart_.env(), apart_.value(), 0, buffer));
}

napi_value Results::value(napi_env env) const {
  Object value(env);
  value.set("numbers", numbers_array_.value());
  value.set("rows", rows_array_.value());
  value.set("apart", apart_.value());
  value.set("at", number_indices(env));
  value.set("row", row_indices(env));
  value.set("rowLength", static_cast<std::uint32_t>(kRowLength));
  return value.value();
}

}  // namespace arena::binding
