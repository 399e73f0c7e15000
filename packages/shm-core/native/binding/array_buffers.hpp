/// ArrayBuffers over memory that is not JavaScript's.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace arena::binding {

/// What keeps an external ArrayBuffer's memory valid. Destroyed once nobody can see the memory
/// through it any more: the buffer, and any other that it was moved to, are detached or collected.
class Backing {
 public:
  virtual ~Backing() = default;

 protected:
  /// Lets go of the memory without being destroyed.
  virtual void abandon() noexcept = 0;

 private:
  friend napi_value external_array_buffer(napi_env, void*, std::size_t, std::unique_ptr<Backing>&);
  static void finalize(napi_env, void*, void* hint);

  /// Node may call the finalizer of a buffer that it then fails to make, at once or later.
  enum class Stage : std::uint8_t { making, finalized, shown, abandoned } stage_ = Stage::making;
};

/// An ArrayBuffer over `size` bytes at `data`, which `backing` keeps valid. Where the runtime
/// refuses external buffers the result is null and `backing` is untouched.
napi_value external_array_buffer(napi_env env, void* data, std::size_t size,
                                 std::unique_ptr<Backing>& backing);

/// Makes every view of the buffer empty.
void detach(napi_env env, napi_value buffer);

/// A new ArrayBuffer of JavaScript's own memory; `bytes` becomes where that is.
napi_value new_array_buffer(napi_env env, std::size_t size, std::byte*& bytes);

/// A private copy.
napi_value copied_array_buffer(napi_env env, const std::byte* data, std::size_t size);

/// The bytes of a Uint8Array or an ArrayBuffer; none of one that is detached.
struct Bytes {
  std::byte* data = nullptr;
  std::size_t size = 0;
};
/// Throws WrongArgument for anything else.
Bytes bytes_of(napi_env env, napi_value uint8_array);
Bytes bytes_of_buffer(napi_env env, napi_value array_buffer);

}  // namespace arena::binding
