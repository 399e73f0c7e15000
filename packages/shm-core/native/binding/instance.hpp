/// The state of this addon in one Node environment: the main thread, or a worker.
#pragma once

#include <cstdint>
#include <memory>

#include "addon_instance.hpp"
#include "event_loop.hpp"
#include "event_loop_turns.hpp"
#include "results.hpp"
#include "thread_end.hpp"
#include "writer_directory.hpp"

namespace arena::binding {

struct Instance : AddonInstance {
  explicit Instance(napi_env env)
      : libuv(has_libuv(env)), results(env), turns(env, libuv, results.numbers().turn_due) {}
  /// Whether the event loop is libuv's.
  const bool libuv;
  /// `(ArrayBuffer) => boolean` of the TypeScript side.
  Reference empty;
  Reference attachment;
  Reference writer;
  Reference exclusive_reader;
  Reference broadcast_reader;
  /// Shared with the writers, which may live longer than this instance.
  std::shared_ptr<WriterDirectory> writers = std::make_shared<WriterDirectory>();
  /// Whether JavaScript may get an ArrayBuffer over foreign memory. False once the runtime has
  /// refused it (Electron does). False without libuv as well: Bun and Deno call the finalizer of a
  /// buffer while it is being emptied, and tell nothing of the end of a thread.
  bool external_buffers = libuv;
  /// True in a worker, whose environment ends before the process does.
  bool in_thread = false;
  std::unique_ptr<ThreadEnd> thread_end;
  /// The longest ArrayBuffer that the runtime makes, in bytes.
  std::uint64_t max_view_bytes = 0;
  Results results;
  EventLoopTurns turns;
};

inline Instance& instance(napi_env env) { return static_cast<Instance&>(addon_instance(env)); }

}  // namespace arena::binding
