#include "media_values.hpp"

#include <cstring>

namespace arena::video {

using binding::check;

std::span<std::uint8_t> bytes_of(napi_env env, napi_value uint8_array) {
  const binding::Bytes bytes = binding::bytes_of(env, uint8_array);
  return {reinterpret_cast<std::uint8_t*>(bytes.data), bytes.size};
}

napi_value copied_bytes(napi_env env, std::span<const std::uint8_t> bytes) {
  void* copy = nullptr;
  napi_value buffer = nullptr;
  napi_value array = nullptr;
  check(napi_create_arraybuffer(env, bytes.size(), &copy, &buffer));
  if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
  check(napi_create_typedarray(env, napi_uint8_array, bytes.size(), buffer, 0, &array));
  return array;
}

napi_value null(napi_env env) {
  napi_value value = nullptr;
  check(napi_get_null(env, &value));
  return value;
}

napi_value name_or_null(napi_env env, const char* name) {
  return name == nullptr ? null(env) : binding::to_js(env, name);
}

napi_value big_int(napi_env env, std::int64_t value) {
  napi_value result = nullptr;
  check(napi_create_bigint_int64(env, value, &result));
  return result;
}

napi_value timestamp(napi_env env, std::int64_t value) {
  return value == AV_NOPTS_VALUE ? null(env) : big_int(env, value);
}

napi_value ratio(napi_env env, Ratio value) {
  binding::Object object(env);
  object.set("num", value.num);
  object.set("den", value.den);
  return object.value();
}

}  // namespace arena::video
