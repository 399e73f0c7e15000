/// C++ classes as classes of JavaScript.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "errors.hpp"
#include "refused.hpp"

namespace arena::binding {

/// One call from JavaScript: its arguments, and `this`.
class Call {
 public:
  static constexpr std::size_t kMostArguments = 6;

  Call(napi_env env, napi_callback_info info) : env(env) {
    std::size_t count = kMostArguments;
    check(napi_get_cb_info(env, info, &count, arguments_.data(), &self_, nullptr));
  }
  /// A missing argument is undefined.
  napi_value operator[](std::size_t index) const noexcept { return arguments_[index]; }
  napi_value self() const noexcept { return self_; }

  const napi_env env;

 private:
  std::array<napi_value, kMostArguments> arguments_;
  napi_value self_ = nullptr;
};

template <typename Native>
Native& unwrap(napi_env env, napi_value object) {
  void* native = nullptr;
  check(napi_unwrap(env, object, &native));
  return *static_cast<Native*>(native);
}

/// Gives an object a constant property that is not enumerable and cannot be changed.
inline void define_constant(napi_env env, napi_value object, const char* name, napi_value value) {
  const napi_property_descriptor property{name,    nullptr, nullptr,      nullptr,
                                          nullptr, value,   napi_default, nullptr};
  check(napi_define_properties(env, object, 1, &property));
}

template <napi_value (*Body)(const Call&)>
napi_value call_function(napi_env env, napi_callback_info info) noexcept {
  return entered(env, [&] { return Body(Call(env, info)); });
}

/// Makes `Body` a JavaScript function. A returned null becomes undefined.
template <napi_value (*Body)(const Call&)>
napi_value function(napi_env env, const char* name) {
  napi_value made = nullptr;
  check(napi_create_function(env, name, NAPI_AUTO_LENGTH, call_function<Body>, nullptr, &made));
  return made;
}

template <napi_value (*Body)(const Call&)>
void export_function(napi_env env, napi_value exports, const char* name) {
  check(napi_set_named_property(env, exports, name, function<Body>(env, name)));
}

template <typename>
struct ClassOf;
template <typename Native>
struct ClassOf<napi_value (Native::*)(const Call&)> {
  using Type = Native;
};

template <auto Body, typename Native>
napi_value call_method(napi_env env, napi_callback_info info) noexcept {
  return entered(env, [&] {
    const Call call(env, info);
    return (unwrap<Native>(env, call.self()).*Body)(call);
  });
}

/// Makes `napi_value Native::body(const Call&)` a method. A returned null becomes undefined. For an
/// inherited method, `Native` is the class that is being defined.
template <auto Body, typename Native = typename ClassOf<decltype(Body)>::Type>
napi_property_descriptor method(const char* name) {
  return {name,         nullptr, call_method<Body, Native>, nullptr, nullptr, nullptr,
          napi_default, nullptr};
}

/// The JavaScript constructor of a class. The C++ constructor gets the call.
template <typename Native>
napi_value construct(napi_env env, napi_callback_info info) noexcept {
  return entered(env, [&] {
    const Call call(env, info);
    auto native = std::make_unique<Native>(call);
    const auto destroy = [](napi_env, void* data, void*) { delete static_cast<Native*>(data); };
    check(napi_wrap(env, call.self(), native.get(), destroy, nullptr, nullptr));
    (void)native.release();
    return call.self();
  });
}

template <typename Native>
napi_value define_class(napi_env env, const char* name,
                        const std::vector<napi_property_descriptor>& methods) {
  napi_value defined = nullptr;
  check(napi_define_class(env, name, NAPI_AUTO_LENGTH, construct<Native>, nullptr, methods.size(),
                          methods.data(), &defined));
  return defined;
}

template <std::size_t Count>
napi_value make_instance(napi_env env, napi_value constructor,
                         const napi_value (&arguments)[Count]) {
  napi_value made = nullptr;
  check(napi_new_instance(env, constructor, Count, arguments, &made));
  return made;
}

}  // namespace arena::binding
