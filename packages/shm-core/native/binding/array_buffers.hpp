/// ArrayBuffers over memory that is not JavaScript's.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>

namespace arena::binding {

/// What keeps an external ArrayBuffer's memory valid. `dropped` runs once, when the buffer has been
/// detached or collected.
struct Backing {
  virtual ~Backing() = default;
};

/// An ArrayBuffer over `size` bytes at `data`, which `backing` keeps valid. Where the runtime
/// refuses external buffers the result is empty and `backing` is untouched.
Napi::Value external_array_buffer(Napi::Env env, void* data, std::size_t size,
                                  std::unique_ptr<Backing>& backing);

/// Makes every view of the buffer empty.
void detach(Napi::Env env, Napi::Value buffer);

/// A private copy.
Napi::ArrayBuffer copied_array_buffer(Napi::Env env, const std::byte* data, std::size_t size);

/// The bytes behind any Uint8Array (or other view), DataView or ArrayBuffer argument.
struct Bytes {
  std::byte* data = nullptr;
  std::size_t size = 0;
};
/// Throws a JavaScript TypeError for anything else.
Bytes bytes_of(const Napi::Value& value);

}  // namespace arena::binding
