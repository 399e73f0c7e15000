/// The one place where what goes wrong in C++ becomes a JavaScript error.
#pragma once

#include "refused.hpp"

namespace arena::binding {

/// An argument that the TypeScript side should not have let through: a JavaScript TypeError.
struct WrongArgument {
  const char* message;
};

/// Hands over the function `(code, message) => Error` that makes the contract's errors.
void set_error_factory(napi_env env, napi_value factory);

/// The JavaScript error for what is being caught: the exception that is pending, which then no
/// longer is, or a new error. Throws Refused where none can be made.
napi_value error_of_caught(napi_env env);

/// Throws what is being caught to the JavaScript that called. Nothing is thrown where an exception
/// is pending already, or in an environment that is ending: there is nobody to be told.
void throw_to_javascript(napi_env env) noexcept;

/// Tells the environment of what is being caught as of an uncaught error: for calls from the event
/// loop, which have no JavaScript below them on the stack.
void report_to_javascript(napi_env env) noexcept;

/// Calls JavaScript from the event loop; what it throws is an uncaught error.
void call_from_loop(napi_env env, napi_value function, napi_value argument) noexcept;

/// Runs the body of a call from JavaScript.
template <typename Body>
napi_value entered(napi_env env, Body body) noexcept {
  try {
    return body();
  } catch (...) {
    throw_to_javascript(env);
    return nullptr;
  }
}

}  // namespace arena::binding
