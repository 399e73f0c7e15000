/// ArrayBuffers over memory that is not JavaScript's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "reference.hpp"
#include "values.hpp"

namespace arena::binding {

class ThreadEnd;

/// When a backing keeps a weak reference to its buffer: only in threads, whose end the buffer's
/// memory may outlive, or always.
enum class Track { in_threads, always };

/// Keeps the memory of an external ArrayBuffer valid. It is destroyed when the buffer is detached
/// or collected, and also each buffer that the memory was moved to.
///
/// Any code can move the memory to another buffer: `transfer()`, or a byte stream that gets the
/// buffer. That other buffer can be transferred to another thread, and can live longer there than
/// this environment.
class Backing {
 public:
  Backing() = default;
  virtual ~Backing();
  Backing(const Backing&) = delete;
  Backing& operator=(const Backing&) = delete;

  /// The buffer, if it is tracked and not collected; else null.
  napi_value buffer() const noexcept { return buffer_.value(); }
  /// The memory cannot be seen any more: forgets the buffer.
  void untrack() noexcept;

  /// Lets go of the memory without being destroyed.
  virtual void abandon() noexcept = 0;

 protected:
  /// For the destructor: true when the environment has ended, and another thread may see the memory
  /// until the process ends.
  bool outlived() const noexcept { return outlived_; }

 private:
  friend class ThreadEnd;
  friend napi_value external_array_buffer(napi_env, void*, std::size_t, std::unique_ptr<Backing>&,
                                          Track);
  static void finalize(napi_env, void*, void* hint);
  void track(napi_env env, napi_value buffer, ThreadEnd* end);
  void note_end() noexcept;

  /// Node may call the finalizer of a buffer that it fails to make, at once or later.
  enum class Stage : std::uint8_t { making, finalized, shown, abandoned } stage_ = Stage::making;
  bool outlived_ = false;
  Reference buffer_;
  /// In a thread: the watcher of the thread's end, and the place of this backing in its list.
  ThreadEnd* end_ = nullptr;
  std::size_t place_ = 0;
};

/// An ArrayBuffer over `size` bytes at `data`, which `backing` keeps valid. Where the runtime
/// refuses external buffers the result is null and `backing` is untouched.
napi_value external_array_buffer(napi_env env, void* data, std::size_t size,
                                 std::unique_ptr<Backing>& backing, Track track);

/// Makes every view of the buffer empty. False for a buffer that was moved or cannot be emptied:
/// its memory can still be seen.
bool empty(napi_env env, napi_value buffer) noexcept;

/// The same for runtimes without `ArrayBuffer.prototype.transfer`.
bool detach(napi_env env, napi_value buffer);
bool is_detached(napi_env env, napi_value buffer);

/// A new ArrayBuffer of JavaScript's own memory; `bytes` becomes where that is.
napi_value new_array_buffer(napi_env env, std::size_t size, std::byte*& bytes);

/// A private copy.
napi_value copied_array_buffer(napi_env env, const std::byte* data, std::size_t size);

/// The bytes of an ArrayBuffer; none of one that is detached. Throws WrongArgument for anything
/// else.
Bytes bytes_of_buffer(napi_env env, napi_value array_buffer);

}  // namespace arena::binding
