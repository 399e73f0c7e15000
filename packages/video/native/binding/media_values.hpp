/// Conversions of media values to JavaScript.
#pragma once

#include <cstdint>
#include <span>

#include "packed_layout.hpp"
#include "values.hpp"

namespace arena::video {

/// The memory of a Uint8Array; empty when it is detached.
std::span<std::uint8_t> bytes_of(napi_env env, napi_value uint8_array);

/// A new Uint8Array with a copy.
napi_value copied_bytes(napi_env env, std::span<const std::uint8_t> bytes);

napi_value null(napi_env env);
napi_value name_or_null(napi_env env, const char* name);
napi_value big_int(napi_env env, std::int64_t value);
/// Null when there is no value.
napi_value timestamp(napi_env env, std::int64_t value);
napi_value ratio(napi_env env, Ratio value);

}  // namespace arena::video
