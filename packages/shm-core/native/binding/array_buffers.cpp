#include "array_buffers.hpp"

#include <cstdlib>

#include "copy.hpp"
#include "instance.hpp"

namespace arena::binding {

Napi::Value external_array_buffer(Napi::Env env, void* data, std::size_t size,
                                  std::unique_ptr<Backing>& backing) {
  if (!instance(env).external_buffers) return Napi::Value();
  napi_value buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(
      env, data, size, [](napi_env, void*, void* hint) { delete static_cast<Backing*>(hint); },
      backing.get(), &buffer);
  if (status == napi_ok) {
    (void)backing.release();
    return Napi::Value(env, buffer);
  }
  if (status != napi_no_external_buffers_allowed) throw Napi::Error::New(env);
  instance(env).external_buffers = false;
  return Napi::Value();
}

void detach(Napi::Env env, Napi::Value buffer) {
  bool detached = true;
  if (!buffer.IsArrayBuffer()) return;
  napi_is_detached_arraybuffer(env, buffer, &detached);
  if (!detached) napi_detach_arraybuffer(env, buffer);
}

Napi::ArrayBuffer copied_array_buffer(Napi::Env env, const std::byte* data, std::size_t size) {
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, size);
  core::copy_contested(static_cast<std::byte*>(buffer.Data()), data, size);
  return buffer;
}

Bytes bytes_of(const Napi::Value& value) {
  const napi_env env = value.Env();
  void* data = nullptr;
  std::size_t length = 0;
  if (value.IsTypedArray()) {
    // Not TypedArray::ByteLength(): it knows no Float16Array and says 0. Length counts elements.
    napi_typedarray_type type;
    napi_value buffer;
    std::size_t offset = 0;
    napi_get_typedarray_info(env, value, &type, &length, &data, &buffer, &offset);
    if (type == napi_uint8_array) return {static_cast<std::byte*>(data), length};
  }
  throw Napi::TypeError::New(env, "expected a Uint8Array");
}

}  // namespace arena::binding
