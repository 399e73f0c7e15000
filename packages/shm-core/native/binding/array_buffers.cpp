#include "array_buffers.hpp"

#include <utility>

#include "copy.hpp"
#include "errors.hpp"
#include "instance.hpp"
#include "thread_end.hpp"
#include "values.hpp"

namespace arena::binding {

void Backing::finalize(napi_env, void*, void* hint) {
  auto* backing = static_cast<Backing*>(hint);
  if (backing->stage_ == Stage::making) {
    // external_array_buffer still owns it.
    backing->stage_ = Stage::finalized;
  } else {
    delete backing;
  }
}

Backing::~Backing() { untrack(); }

void Backing::track(napi_env env, napi_value buffer, ThreadEnd* end) {
  buffer_ = Reference::weak(env, buffer);
  if (end != nullptr) end->add(*this);
  end_ = end;
}

void Backing::untrack() noexcept {
  buffer_.reset();
  if (end_ != nullptr) std::exchange(end_, nullptr)->remove(*this);
}

void Backing::note_end() noexcept {
  try {
    const napi_value shown = buffer();
    outlived_ = shown == nullptr || is_detached(buffer_.env(), shown);
  } catch (const Refused&) {
    outlived_ = true;
  }
}

/// Null in the main environment, because it ends with the process.
namespace {

ThreadEnd* thread_end_of(napi_env env) {
  Instance& here = instance(env);
  if (here.in_thread && !here.thread_end) here.thread_end = std::make_unique<ThreadEnd>(env);
  return here.thread_end.get();
}

}  // namespace

napi_value external_array_buffer(napi_env env, void* data, std::size_t size,
                                 std::unique_ptr<Backing>& backing, Track track) {
  Instance& here = instance(env);
  if (!here.external_buffers) return nullptr;
  ThreadEnd* const end = thread_end_of(env);
  napi_value buffer = nullptr;
  const napi_status status =
      napi_create_external_arraybuffer(env, data, size, Backing::finalize, backing.get(), &buffer);
  if (status == napi_ok) {
    Backing* const shown = backing.release();
    shown->stage_ = Backing::Stage::shown;
    if (end != nullptr || track == Track::always) shown->track(env, buffer, end);
    return buffer;
  }
  if (status == napi_no_external_buffers_allowed) {
    here.external_buffers = false;
    return nullptr;
  }
  // The environment is ending and refuses the call. The finalizer may still be called, so the
  // backing must stay. These few bytes are lost if it is not called.
  if (backing->stage_ == Backing::Stage::making) {
    backing->abandon();
    backing.release()->stage_ = Backing::Stage::abandoned;
  }
  throw Refused{status};
}

bool empty(napi_env env, napi_value buffer) noexcept {
  try {
    napi_value undefined = nullptr;
    napi_value result = nullptr;
    check(napi_get_undefined(env, &undefined));
    check(napi_call_function(env, undefined, instance(env).empty.value(), 1, &buffer, &result));
    return to_bool(env, result);
  } catch (const Refused&) {
    return false;
  }
}

bool is_detached(napi_env env, napi_value buffer) {
  bool detached = true;
  check(napi_is_detached_arraybuffer(env, buffer, &detached));
  return detached;
}

bool detach(napi_env env, napi_value buffer) {
  if (is_detached(env, buffer)) return false;
  check(napi_detach_arraybuffer(env, buffer));
  return true;
}

napi_value new_array_buffer(napi_env env, std::size_t size, std::byte*& bytes) {
  napi_value buffer = nullptr;
  void* data = nullptr;
  check(napi_create_arraybuffer(env, size, &data, &buffer));
  bytes = static_cast<std::byte*>(data);
  return buffer;
}

napi_value copied_array_buffer(napi_env env, const std::byte* data, std::size_t size) {
  std::byte* copy = nullptr;
  const napi_value buffer = new_array_buffer(env, size, copy);
  core::copy_contested(copy, data, size);
  return buffer;
}

Bytes bytes_of_buffer(napi_env env, napi_value array_buffer) {
  void* data = nullptr;
  std::size_t length = 0;
  if (napi_get_arraybuffer_info(env, array_buffer, &data, &length) != napi_ok) {
    throw WrongArgument{"expected an ArrayBuffer"};
  }
  return {static_cast<std::byte*>(data), length};
}

}  // namespace arena::binding
