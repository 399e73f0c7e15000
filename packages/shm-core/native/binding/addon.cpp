#include <napi.h>

#include <cstdlib>
#include <thread>

#include "array_buffers.hpp"
#include "attachment_wrap.hpp"
#include "copy.hpp"
#include "crc32c.hpp"
#include "errors.hpp"
#include "instance.hpp"
#include "memory_budget.hpp"
#include "named.hpp"
#include "process_identity.hpp"
#include "reader_wrap.hpp"
#include "writer_wrap.hpp"

namespace arena::binding {
namespace {

Napi::Value initialize(const Napi::CallbackInfo& info) {
  set_error_factory(info.Env(), info[0].As<Napi::Function>());
  return info.Env().Undefined();
}

/// copyBytes(target, source): the TypeScript side has checked that they are as long.
Napi::Value copy(const Napi::CallbackInfo& info) {
  const Bytes target = bytes_of(info[0]);
  const Bytes source = bytes_of(info[1]);
  if (target.size < source.size) throw Napi::RangeError::New(info.Env(), "target too small");
  core::copy_bytes(target.data, source.data, source.size);
  return info.Env().Undefined();
}

/// crc32c(bytes, seed) => number
Napi::Value crc32c(const Napi::CallbackInfo& info) {
  const Bytes bytes = bytes_of(info[0]);
  const std::uint32_t seed = info[1].As<Napi::Number>();
  return Napi::Number::New(info.Env(), core::crc32c(bytes.data, bytes.size, seed));
}

Napi::Value yield_cpu(const Napi::CallbackInfo& info) {
  std::this_thread::yield();
  return info.Env().Undefined();
}

Napi::Value list_named(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    Napi::Array list = Napi::Array::New(info.Env());
    for (const core::NamedArena& arena : core::list_named()) {
      Napi::Object entry = Napi::Object::New(info.Env());
      entry["name"] = arena.name;
      entry["byteLength"] = static_cast<double>(arena.size);
      entry["creatorPid"] = arena.creator_pid;
      entry["creatorAlive"] = arena.creator_alive;
      entry["attached"] = arena.attached;
      entry["compatible"] = arena.compatible;
      list[list.Length()] = entry;
    }
    return list;
  });
}

Napi::Value sweep_named(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    Napi::Array list = Napi::Array::New(info.Env());
    for (const std::string& name : core::sweep_named()) list[list.Length()] = name;
    return list;
  });
}

Napi::Value available_memory(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(core::available_memory()));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* state = new Instance();
  // For trying, on a runtime that allows external buffers, what happens on one that does not.
  state->external_buffers = std::getenv("ARENA_NO_EXTERNAL_BUFFERS") == nullptr;
  env.SetInstanceData(state);
  exports["initialize"] = Napi::Function::New(env, initialize);
  exports["copyBytes"] = Napi::Function::New(env, copy);
  exports["crc32c"] = Napi::Function::New(env, crc32c);
  exports["yieldCpu"] = Napi::Function::New(env, yield_cpu);
  exports["listNamed"] = Napi::Function::New(env, list_named);
  exports["sweepNamed"] = Napi::Function::New(env, sweep_named);
  exports["availableMemory"] = Napi::Function::New(env, available_memory);
  exports["Attachment"] = AttachmentWrap::define(env);
  WriterWrap::define(env);
  ReaderWrap::define(env);
  return exports;
}

}  // namespace

NODE_API_MODULE(arena_shm, init)

}  // namespace arena::binding
