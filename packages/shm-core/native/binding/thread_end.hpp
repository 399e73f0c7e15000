/// What the end of a thread leaves to other threads.
#pragma once

#include <node_api.h>
#include <uv.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace arena::binding {

class Backing;

/// Looks at the buffers of a thread's environment when that ends, before Node detaches and
/// finalizes them all: those that JavaScript has moved before may be seen from other threads.
///
/// An ending environment lets its event loop turn once more while it closes handles, and this is
/// where they are looked at. This is intentional: a cleanup hook for each buffer would come early
/// enough as well, and cost a sixth of a lease.
class ThreadEnd {
 public:
  explicit ThreadEnd(napi_env env);
  ~ThreadEnd();
  ThreadEnd(const ThreadEnd&) = delete;
  ThreadEnd& operator=(const ThreadEnd&) = delete;

  void add(Backing& backing);
  void remove(Backing& backing) noexcept;

 private:
  struct Handle;
  void look() noexcept;

  napi_env env_;
  std::vector<Backing*> backings_;
  std::shared_ptr<Handle> handle_;
};

/// Keeps what another thread may see until then.
template <typename Keeper>
void keep_until_process_ends(Keeper keeper) {
  static std::mutex mutex;
  static auto* const kept = new std::vector<Keeper>();
  const std::scoped_lock lock(mutex);
  kept->push_back(std::move(keeper));
}

}  // namespace arena::binding
