#include "errors.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <new>
#include <string>
#include <system_error>

#include "addon_instance.hpp"
#include "failure.hpp"
#include "values.hpp"

namespace arena::binding {
namespace {

constexpr char kDescriptorsNeeded[] =
    "An arena needs four, one for each peer that it watches, and one for each peer that it wakes.";

napi_value make_error(napi_env env, const char* code, const std::string& message) {
  napi_value error = nullptr;
  napi_value arguments[] = {to_js(env, code), to_js(env, message)};
  const napi_value factory = addon_instance(env).error_factory.value();
  if (factory == nullptr) {
    check(napi_create_error(env, arguments[0], arguments[1], &error));
    return error;
  }
  napi_value undefined = nullptr;
  check(napi_get_undefined(env, &undefined));
  check(napi_call_function(env, undefined, factory, 2, arguments, &error));
  return error;
}

/// ERR_ARENA_OUT_OF_MEMORY or ERR_ARENA_SYSTEM, with the call, its errno, and the remedy.
napi_value system_error(napi_env env, const std::system_error& error) {
  const int number = error.code().value();
  const std::string fact = std::string(error.what()) + " (errno " + std::to_string(number) + ")";
  if (number == ENOMEM) return make_error(env, "ERR_ARENA_OUT_OF_MEMORY", fact);
  if (number != EMFILE) return make_error(env, "ERR_ARENA_SYSTEM", fact);
  struct rlimit limit {};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return make_error(env, "ERR_ARENA_SYSTEM",
                    fact + ": all " + std::to_string(limit.rlim_cur) +
                        " descriptors of this process are in use. " + kDescriptorsNeeded +
                        " Raise the limit (ulimit -n), or close files.");
}

napi_value type_error(napi_env env, const char* message) {
  napi_value error = nullptr;
  check(napi_create_type_error(env, to_js(env, "ERR_ARENA_INVALID_ARGUMENT"), to_js(env, message),
                               &error));
  return error;
}

/// Takes the pending exception and clears it; null when there is none.
napi_value taken_exception(napi_env env) {
  bool pending = false;
  check(napi_is_exception_pending(env, &pending));
  napi_value exception = nullptr;
  if (pending) check(napi_get_and_clear_last_exception(env, &exception));
  return exception;
}

/// The JavaScript error for the exception that is being caught. Throws Refused when no error can be
/// made.
napi_value made_error(napi_env env) {
  try {
    throw;
  } catch (const Refused& refused) {
    return make_error(env, "ERR_ARENA_SYSTEM",
                      "Node-API refused a call: status " + std::to_string(refused.status));
  } catch (const WrongArgument& wrong) {
    return type_error(env, wrong.message);
  } catch (const core::ArenaFailure& failure) {
    return make_error(env, failure.code(), failure.what());
  } catch (const std::system_error& error) {
    return system_error(env, error);
  } catch (const std::bad_alloc&) {
    return make_error(env, "ERR_ARENA_OUT_OF_MEMORY", "not enough memory in this process.");
  } catch (const std::exception& error) {
    return make_error(env, "ERR_ARENA_SYSTEM", error.what());
  }
}

}  // namespace

void set_error_factory(napi_env env, napi_value factory) {
  addon_instance(env).error_factory = Reference::strong(env, factory);
}

napi_value error_of_caught(napi_env env) {
  const napi_value thrown = taken_exception(env);
  return thrown != nullptr ? thrown : made_error(env);
}

void throw_to_javascript(napi_env env) noexcept {
  try {
    check(napi_throw(env, error_of_caught(env)));
  } catch (...) {
  }
}

void report_to_javascript(napi_env env) noexcept {
  try {
    const HandleScope scope(env);
    // An ending environment refuses this, and every step before it.
    check(napi_fatal_exception(env, error_of_caught(env)));
  } catch (...) {
  }
}

void call_from_loop(napi_env env, napi_value function, napi_value argument) noexcept {
  try {
    napi_value global = nullptr;
    check(napi_get_global(env, &global));
    // Deno writes the result even when the caller wants none.
    napi_value result = nullptr;
    check(napi_make_callback(env, nullptr, global, function, 1, &argument, &result));
  } catch (...) {
    report_to_javascript(env);
  }
}

}  // namespace arena::binding
