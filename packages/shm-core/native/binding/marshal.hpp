/// JavaScript values to core arguments and back. The TypeScript side has checked them.
#pragma once

#include <napi.h>

#include <span>

#include "array_buffers.hpp"
#include "failure.hpp"
#include "interprocess_condition.hpp"

namespace arena::binding {

/// A status as its index in core::Status; native.ts names them in the same order.
inline Napi::Value status_value(Napi::Env env, core::Status status) {
  return Napi::Number::New(env, static_cast<std::uint32_t>(status));
}

inline std::uint64_t to_u64(const Napi::Value& value) {
  return static_cast<std::uint64_t>(value.As<Napi::Number>().Int64Value());
}

/// Milliseconds from now; below 0 means for ever.
inline core::Deadline to_deadline(const Napi::Value& value) {
  const double milliseconds = value.As<Napi::Number>();
  if (milliseconds < 0) return std::nullopt;
  return core::Clock::now() +
         std::chrono::microseconds(static_cast<std::int64_t>(milliseconds * 1e3));
}

inline std::chrono::nanoseconds to_spin(const Napi::Value& microseconds) {
  return std::chrono::microseconds(microseconds.As<Napi::Number>().Int64Value());
}

inline std::span<const std::byte> envelope_of(const Napi::Value& value) {
  if (value.IsUndefined()) return {};
  const Bytes bytes = bytes_of(value);
  return {bytes.data, bytes.size};
}

}  // namespace arena::binding
