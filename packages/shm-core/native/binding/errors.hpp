/// The one place where what goes wrong in the core becomes a JavaScript error.
#pragma once

#include <napi.h>

#include <system_error>

#include "failure.hpp"

namespace arena::binding {

/// Hands over the function `(code, message) => Error` that makes the contract's errors.
void set_error_factory(Napi::Env env, Napi::Function factory);

Napi::Error make_error(Napi::Env env, const char* code, const std::string& message);

/// ERR_ARENA_OUT_OF_MEMORY or ERR_ARENA_SYSTEM, with the call, its errno, and what helps.
Napi::Error system_error(Napi::Env env, const std::system_error& error);

/// Runs `body`, turning C++ exceptions into JavaScript ones.
template <typename Body>
auto guarded(Napi::Env env, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const core::ArenaFailure& failure) {
    throw make_error(env, failure.code(), failure.what());
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::system_error& error) {
    throw system_error(env, error);
  } catch (const std::bad_alloc&) {
    throw make_error(env, "ERR_ARENA_OUT_OF_MEMORY", "not enough memory in this process.");
  } catch (const std::exception& error) {
    // Nothing may leave a call from JavaScript but a JavaScript error: anything else ends the
    // process.
    throw make_error(env, "ERR_ARENA_SYSTEM", error.what());
  }
}

}  // namespace arena::binding
