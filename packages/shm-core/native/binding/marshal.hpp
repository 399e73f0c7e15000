/// JavaScript values to arguments of the core and back. The TypeScript side has checked them.
#pragma once

#include <chrono>
#include <span>

#include "failure.hpp"
#include "interprocess_condition.hpp"
#include "values.hpp"

namespace arena::binding {

/// A status as a number. `constants_value` tells JavaScript which number is which.
inline napi_value to_js(napi_env env, core::Status status) {
  return to_js(env, static_cast<std::uint32_t>(status));
}

/// Milliseconds from now; below 0 means for ever.
inline core::Deadline to_deadline(napi_env env, napi_value value) {
  const double milliseconds = to_double(env, value);
  if (milliseconds < 0) return std::nullopt;
  return core::Clock::now() +
         std::chrono::microseconds(static_cast<std::int64_t>(milliseconds * 1e3));
}

inline std::chrono::nanoseconds to_spin(napi_env env, napi_value microseconds) {
  return std::chrono::microseconds(to_u64(env, microseconds));
}

inline std::span<const std::byte> envelope_of(napi_env env, napi_value value) {
  if (is_undefined(env, value)) return {};
  const Bytes bytes = bytes_of(env, value);
  return {bytes.data, bytes.size};
}

}  // namespace arena::binding
