#include "values.hpp"

#include "errors.hpp"

namespace arena::binding {

std::string to_string(napi_env env, napi_value value) {
  std::size_t length = 0;
  check(napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string text(length + 1, '\0');
  check(napi_get_value_string_utf8(env, value, text.data(), text.size(), &length));
  text.resize(length);
  return text;
}

Bytes bytes_of(napi_env env, napi_value uint8_array) {
  napi_typedarray_type type;
  std::size_t length = 0;
  void* data = nullptr;
  napi_value buffer = nullptr;
  std::size_t offset = 0;
  const napi_status status =
      napi_get_typedarray_info(env, uint8_array, &type, &length, &data, &buffer, &offset);
  // The length counts elements. Only in a Uint8Array these are bytes.
  if (status != napi_ok || type != napi_uint8_array) throw WrongArgument{"expected a Uint8Array"};
  return {static_cast<std::byte*>(data), length};
}

}  // namespace arena::binding
