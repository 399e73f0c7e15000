/// Turns failures in C++ into JavaScript errors. No other place does.
#pragma once

#include "refused.hpp"

namespace arena::binding {

/// A wrong argument that the TypeScript side should have refused. Becomes a JavaScript TypeError.
struct WrongArgument {
  const char* message;
};

/// Sets the function `(code, message) => Error` that makes the contract's errors.
void set_error_factory(napi_env env, napi_value factory);

/// The JavaScript error for the exception that is being caught: the pending JavaScript exception,
/// which is cleared, or a new error. Throws Refused when no error can be made.
napi_value error_of_caught(napi_env env);

/// Throws the exception that is being caught to the calling JavaScript. Throws nothing when an
/// exception is pending already, or when the environment is ending: no JavaScript runs there any
/// more.
void throw_to_javascript(napi_env env) noexcept;

/// Reports the exception that is being caught as an uncaught error. For calls from the event loop,
/// which have no JavaScript below them on the stack.
void report_to_javascript(napi_env env) noexcept;

/// Calls JavaScript from the event loop. An exception that it throws is an uncaught error.
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
