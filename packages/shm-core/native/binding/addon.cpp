#include <node_api.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <thread>

#include "array_buffers.hpp"
#include "attachment_wrap.hpp"
#include "broadcast_reader_wrap.hpp"
#include "constants.hpp"
#include "copy.hpp"
#include "errors.hpp"
#include "instance.hpp"
#include "memory_budget.hpp"
#include "named.hpp"
#include "native_class.hpp"
#include "snapshot_value.hpp"
#include "values.hpp"
#include "writer_wrap.hpp"

namespace arena::binding {
namespace {

/// initialize({ makeError, empty, inThread, maxViewBytes }); see Environment in native.ts.
napi_value initialize(const Call& call) {
  const Options options(call.env, call[0]);
  Instance& made = instance(call.env);
  made.error_factory = Reference::strong(call.env, options.get("makeError"));
  made.empty = Reference::strong(call.env, options.get("empty"));
  made.in_thread = to_bool(call.env, options.get("inThread"));
  made.max_view_bytes = options.number<std::uint64_t>("maxViewBytes");
  return nullptr;
}

/// detach(arrayBuffer) => whether it was not before
napi_value detach_buffer(const Call& call) { return to_js(call.env, detach(call.env, call[0])); }

napi_value is_detached_buffer(const Call& call) {
  return to_js(call.env, is_detached(call.env, call[0]));
}

/// copyBytes(target, source). The TypeScript side has checked that both have one length.
napi_value copy(const Call& call) {
  const Bytes target = bytes_of(call.env, call[0]);
  const Bytes source = bytes_of(call.env, call[1]);
  if (target.size < source.size) throw WrongArgument{"target too small"};
  core::copy_bytes(target.data, source.data, source.size);
  return nullptr;
}

/// () => whether a turn of the event loop is due
napi_value turn_is_due(const Call& call) { return to_js(call.env, instance(call.env).turns.due()); }

/// A turn of the event loop has come. Without libuv nothing else tells of turns.
napi_value turned(const Call& call) {
  instance(call.env).turns.turned();
  return nullptr;
}

napi_value yield_cpu(const Call&) {
  std::this_thread::yield();
  return nullptr;
}

napi_value list_named(const Call& call) {
  List list(call.env);
  for (const core::NamedArena& arena : core::list_named()) {
    Object entry(call.env);
    entry.set("name", arena.name);
    entry.set("byteLength", arena.size);
    entry.set("creatorPid", arena.creator_pid);
    entry.set("creatorAlive", arena.creator_alive);
    entry.set("attached", arena.attached);
    entry.set("compatible", arena.compatible);
    list.add(entry.value());
  }
  return list.value();
}

napi_value sweep_named(const Call& call) {
  List list(call.env);
  for (const std::string& name : core::sweep_named()) list.add(name);
  return list.value();
}

napi_value available_memory(const Call& call) { return to_js(call.env, core::available_memory()); }

void make_instance(napi_env env) {
  auto made = std::make_unique<Instance>(env);
  // For tests: behave as on a runtime that allows no external buffers.
  if (std::getenv("ARENA_NO_EXTERNAL_BUFFERS") != nullptr) made->external_buffers = false;
  keep_instance(env, std::move(made));
}

napi_value init(napi_env env, napi_value exports) noexcept {
  return entered(env, [&] {
    make_instance(env);
    check(napi_set_named_property(env, exports, "version",
                                  to_js(env, std::string_view{ARENA_VERSION})));
    export_function<initialize>(env, exports, "initialize");
    export_function<detach_buffer>(env, exports, "detach");
    export_function<is_detached_buffer>(env, exports, "isDetached");
    export_function<copy>(env, exports, "copyBytes");
    export_function<WriterWrap::hold_unit_of>(env, exports, "holdUnitOf");
    check(napi_set_named_property(env, exports, "results", instance(env).results.value(env)));
    check(napi_set_named_property(env, exports, "constants", constants_value(env)));
    export_function<turn_is_due>(env, exports, "turnIsDue");
    export_function<turned>(env, exports, "turned");
    export_function<yield_cpu>(env, exports, "yieldCpu");
    export_function<list_named>(env, exports, "listNamed");
    export_function<sweep_named>(env, exports, "sweepNamed");
    export_function<available_memory>(env, exports, "availableMemory");
    export_function<inspect>(env, exports, "inspect");
    check(napi_set_named_property(env, exports, "Attachment", AttachmentWrap::define(env)));
    WriterWrap::define(env);
    ExclusiveReaderWrap::define(env);
    BroadcastReaderWrap::define(env);
    return exports;
  });
}

}  // namespace

NAPI_MODULE_INIT() { return init(env, exports); }

}  // namespace arena::binding
