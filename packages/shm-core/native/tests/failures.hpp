/// The code and message of the exception that a call throws.
#pragma once

#include <exception>
#include <string>
#include <system_error>

#include "failure.hpp"

namespace arena::tests {

/// The public code of the failure that `call` throws, or the text of a system error, or "".
template <typename Call>
std::string code_of(Call call) {
  try {
    call();
  } catch (const core::ArenaFailure& failure) {
    return failure.code();
  } catch (const std::system_error& error) {
    return std::string("system error: ") + error.what();
  }
  return "";
}

template <typename Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace arena::tests
