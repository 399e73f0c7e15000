/// Memory that other threads may still see when a thread ends.
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

/// Checks the buffers of a thread's environment when the thread ends, before Node detaches and
/// finalizes them all. Other threads may see the memory of a buffer that JavaScript has moved.
///
/// An ending environment lets its event loop turn once more while it closes handles. The check runs
/// in that turn. This is intentional: a cleanup hook for each buffer would run early enough as
/// well, but costs a sixth of a lease.
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

/// Keeps memory that another thread may see until the process ends.
template <typename Keeper>
void keep_until_process_ends(Keeper keeper) {
  static std::mutex mutex;
  static auto* const kept = new std::vector<Keeper>();
  const std::scoped_lock lock(mutex);
  kept->push_back(std::move(keeper));
}

}  // namespace arena::binding
