#include "errors.hpp"

#include <new>
#include <string>

#include "media_error.hpp"

namespace arena::video {
namespace {

Napi::Error make_error(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

}  // namespace

Napi::Error to_js_error(Napi::Env env, const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const MediaError& error) {
    return make_error(env, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return make_error(env, "ERR_ARENA_OUT_OF_MEMORY", "video: out of memory");
  } catch (const std::exception& error) {
    return make_error(env, "ERR_ARENA_SYSTEM", error.what());
  }
}

}  // namespace arena::video
