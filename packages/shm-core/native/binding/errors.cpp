#include "errors.hpp"

#include "instance.hpp"

namespace arena::binding {

void set_error_factory(Napi::Env env, Napi::Function factory) {
  instance(env).error_factory = Napi::Persistent(factory);
}

Napi::Error make_error(Napi::Env env, const char* code, const std::string& message) {
  const Napi::FunctionReference& factory = instance(env).error_factory;
  if (factory.IsEmpty()) return Napi::Error::New(env, message);
  return factory.Call({Napi::String::New(env, code), Napi::String::New(env, message)})
      .As<Napi::Error>();
}

}  // namespace arena::binding
