#pragma once

#include <napi.h>

#include <exception>

namespace arena::video {

/// Makes a JavaScript error with `code` out of what the core threw; the TypeScript face turns it
/// into an ArenaError.
Napi::Error to_js_error(Napi::Env env, const std::exception_ptr& thrown);

/// Runs `call`, and rethrows what the core throws as a JavaScript error.
template <class Call>
auto translated(Napi::Env env, Call&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw to_js_error(env, std::current_exception());
  }
}

}  // namespace arena::video
