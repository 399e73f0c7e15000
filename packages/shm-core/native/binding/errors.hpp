/// The one place where what goes wrong in the core becomes a JavaScript error.
#pragma once

#include <napi.h>

#include <system_error>

#include "failure.hpp"

namespace arena::binding {

/// Hands over the function `(code, message) => Error` that makes the contract's errors.
void set_error_factory(Napi::Env env, Napi::Function factory);

Napi::Error make_error(Napi::Env env, const char* code, const std::string& message);

/// Runs `body`, turning C++ exceptions into JavaScript ones.
template <typename Body>
auto guarded(Napi::Env env, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const core::ArenaFailure& failure) {
    throw make_error(env, failure.code(), failure.what());
  } catch (const std::system_error& error) {
    const bool memory = error.code() == std::errc::not_enough_memory;
    throw make_error(env, memory ? "ERR_ARENA_OUT_OF_MEMORY" : "ERR_ARENA_SYSTEM",
                     std::string(error.what()) + " (errno " + std::to_string(error.code().value()) + ")");
  } catch (const std::bad_alloc&) {
    throw make_error(env, "ERR_ARENA_OUT_OF_MEMORY", "not enough memory in this process.");
  }
}

}  // namespace arena::binding
