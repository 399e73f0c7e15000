#include "errors.hpp"

#include <sys/resource.h>

#include <cerrno>

#include "instance.hpp"

namespace arena::binding {
namespace {

constexpr char kDescriptorsNeeded[] =
    "an arena needs four, one for each peer that it watches, and one for each that it wakes.";

}  // namespace

void set_error_factory(Napi::Env env, Napi::Function factory) {
  instance(env).error_factory = Napi::Persistent(factory);
}

Napi::Error make_error(Napi::Env env, const char* code, const std::string& message) {
  const Napi::FunctionReference& factory = instance(env).error_factory;
  if (factory.IsEmpty()) return Napi::Error::New(env, message);
  return factory.Call({Napi::String::New(env, code), Napi::String::New(env, message)})
      .As<Napi::Error>();
}

Napi::Error system_error(Napi::Env env, const std::system_error& error) {
  const int number = error.code().value();
  const std::string fact = std::string(error.what()) + " (errno " + std::to_string(number) + ")";
  if (number == ENOMEM) return make_error(env, "ERR_ARENA_OUT_OF_MEMORY", fact);
  if (number != EMFILE) return make_error(env, "ERR_ARENA_SYSTEM", fact);
  struct rlimit limit {};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return make_error(env, "ERR_ARENA_SYSTEM",
                    fact + ": all " + std::to_string(limit.rlim_cur) +
                        " of this process are in use, and " + kDescriptorsNeeded +
                        " Raise the limit (ulimit -n), or close some.");
}

}  // namespace arena::binding
