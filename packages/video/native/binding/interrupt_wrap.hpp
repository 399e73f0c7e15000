#pragma once

#include <napi.h>

#include <memory>

#include "interrupt.hpp"

namespace arena::video {

/// `new Interrupt()`, `fire()`: stops the calls that it was given to, at their next step.
class InterruptWrap : public Napi::ObjectWrap<InterruptWrap> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Interrupt", {InstanceMethod("fire", &InterruptWrap::fire)});
  }
  explicit InterruptWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

  static std::shared_ptr<Interrupt> of(const Napi::Value& value) {
    return Unwrap(value.As<Napi::Object>())->interrupt_;
  }

 private:
  void fire(const Napi::CallbackInfo&) { interrupt_->fire(); }

  std::shared_ptr<Interrupt> interrupt_ = std::make_shared<Interrupt>();
};

}  // namespace arena::video
