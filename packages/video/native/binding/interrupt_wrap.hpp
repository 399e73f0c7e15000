#pragma once

#include <memory>

#include "interrupt.hpp"
#include "native_class.hpp"

namespace arena::video {

/// `new Interrupt()`, `fire()`: stops the calls that got this object, at their next step.
class InterruptWrap {
 public:
  static napi_value define(napi_env env) {
    return binding::define_class<InterruptWrap>(env, "Interrupt",
                                                {binding::method<&InterruptWrap::fire>("fire")});
  }
  explicit InterruptWrap(const binding::Call&) {}

  static std::shared_ptr<Interrupt> of(napi_env env, napi_value object) {
    return binding::unwrap<InterruptWrap>(env, object).interrupt_;
  }

  napi_value fire(const binding::Call&) {
    interrupt_->fire();
    return nullptr;
  }

 private:
  std::shared_ptr<Interrupt> interrupt_ = std::make_shared<Interrupt>();
};

}  // namespace arena::video
