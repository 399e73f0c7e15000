/// References for JavaScript values that C++ keeps after a call, and scopes for the other values.
#pragma once

#include <utility>

#include "refused.hpp"

namespace arena::binding {

/// Refers to one JavaScript object until this is destroyed.
class Reference {
 public:
  Reference() = default;
  /// Keeps the object from being collected.
  static Reference strong(napi_env env, napi_value object) { return Reference(env, object, 1); }
  /// Does not keep the object. value() is null once the object has been collected.
  static Reference weak(napi_env env, napi_value object) { return Reference(env, object, 0); }
  Reference(Reference&& other) noexcept
      : env_(other.env_), reference_(std::exchange(other.reference_, nullptr)) {}
  Reference& operator=(Reference&& other) noexcept {
    std::swap(env_, other.env_);
    std::swap(reference_, other.reference_);
    return *this;
  }
  ~Reference() { reset(); }

  void reset() noexcept {
    if (reference_ != nullptr) napi_delete_reference(env_, std::exchange(reference_, nullptr));
  }
  /// Null when there is no object, or when it has been collected.
  napi_value value() const noexcept {
    napi_value value = nullptr;
    if (reference_ != nullptr) napi_get_reference_value(env_, reference_, &value);
    return value;
  }
  bool empty() const noexcept { return reference_ == nullptr; }
  napi_env env() const noexcept { return env_; }

 private:
  Reference(napi_env env, napi_value object, std::uint32_t count) : env_(env) {
    check(napi_create_reference(env, object, count, &reference_));
  }

  napi_env env_ = nullptr;
  napi_ref reference_ = nullptr;
};

/// Frees the values that are made within it. Loops need one, and so do calls from the event loop.
class HandleScope {
 public:
  explicit HandleScope(napi_env env) : env_(env) { check(napi_open_handle_scope(env, &scope_)); }
  ~HandleScope() { napi_close_handle_scope(env_, scope_); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;

 private:
  napi_env env_;
  napi_handle_scope scope_ = nullptr;
};

}  // namespace arena::binding
