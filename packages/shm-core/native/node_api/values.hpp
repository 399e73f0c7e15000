/// Converts JavaScript values to C++ and back. The TypeScript side has checked the types. A value
/// of another type throws `Refused`.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "refused.hpp"

namespace arena::binding {

inline napi_value to_js(napi_env env, bool value) {
  napi_value result = nullptr;
  check(napi_get_boolean(env, value, &result));
  return result;
}

template <std::integral Integer>
  requires(sizeof(Integer) == 4)
napi_value to_js(napi_env env, Integer value) {
  napi_value result = nullptr;
  check(std::signed_integral<Integer> ? napi_create_int32(env, value, &result)
                                      : napi_create_uint32(env, value, &result));
  return result;
}

inline napi_value to_js(napi_env env, double value) {
  napi_value result = nullptr;
  check(napi_create_double(env, value, &result));
  return result;
}

/// Exact up to 2^53.
inline napi_value to_js(napi_env env, std::uint64_t value) {
  return to_js(env, static_cast<double>(value));
}

inline napi_value to_js(napi_env env, std::string_view value) {
  napi_value result = nullptr;
  check(napi_create_string_utf8(env, value.data(), value.size(), &result));
  return result;
}

/// Without this overload a text would convert to bool.
inline napi_value to_js(napi_env env, const char* value) {
  return to_js(env, std::string_view(value));
}

inline bool is_undefined(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  check(napi_typeof(env, value, &type));
  return type == napi_undefined;
}

inline bool to_bool(napi_env env, napi_value value) {
  bool result = false;
  check(napi_get_value_bool(env, value, &result));
  return result;
}

inline double to_double(napi_env env, napi_value value) {
  double result = 0;
  check(napi_get_value_double(env, value, &result));
  return result;
}

inline std::uint32_t to_u32(napi_env env, napi_value value) {
  std::uint32_t result = 0;
  check(napi_get_value_uint32(env, value, &result));
  return result;
}

inline std::uint64_t to_u64(napi_env env, napi_value value) {
  std::int64_t result = 0;
  check(napi_get_value_int64(env, value, &result));
  return static_cast<std::uint64_t>(result);
}

std::string to_string(napi_env env, napi_value value);

/// The bytes of a Uint8Array. Of a detached one: no bytes.
struct Bytes {
  std::byte* data = nullptr;
  std::size_t size = 0;
};
/// Throws WrongArgument for anything else.
Bytes bytes_of(napi_env env, napi_value uint8_array);

/// An options object that TypeScript has made.
class Options {
 public:
  Options(napi_env env, napi_value object) : env_(env), object_(object) {}

  napi_value get(const char* name) const {
    napi_value value = nullptr;
    check(napi_get_named_property(env_, object_, name, &value));
    return value;
  }
  template <typename Number>
  Number number(const char* name) const {
    return static_cast<Number>(to_u64(env_, get(name)));
  }
  /// `otherwise` where there is none.
  template <typename Number>
  Number number_or(const char* name, Number otherwise) const {
    const napi_value value = get(name);
    return is_undefined(env_, value) ? otherwise : static_cast<Number>(to_u64(env_, value));
  }

 private:
  napi_env env_;
  napi_value object_;
};

/// Builds a JavaScript object.
class Object {
 public:
  explicit Object(napi_env env) : env_(env) { check(napi_create_object(env, &value_)); }

  void set(const char* name, napi_value value) {
    check(napi_set_named_property(env_, value_, name, value));
  }
  template <typename T>
  void set(const char* name, const T& value) {
    set(name, to_js(env_, value));
  }
  napi_value value() const noexcept { return value_; }

 private:
  napi_env env_;
  napi_value value_ = nullptr;
};

/// Builds a JavaScript array.
class List {
 public:
  explicit List(napi_env env) : env_(env) { check(napi_create_array(env, &value_)); }

  void add(napi_value value) { check(napi_set_element(env_, value_, length_++, value)); }
  template <typename T>
  void add(const T& value) {
    add(to_js(env_, value));
  }
  napi_value value() const noexcept { return value_; }

 private:
  napi_env env_;
  napi_value value_ = nullptr;
  std::uint32_t length_ = 0;
};

}  // namespace arena::binding
