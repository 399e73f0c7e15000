/// ArrayBuffers over memory that is not JavaScript's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "reference.hpp"
#include "values.hpp"

namespace arena::binding {

class ThreadEnd;

/// Whether a backing knows its buffer: in threads alone, whose end it may outlive, or always.
enum class Track { in_threads, always };

/// What keeps an external ArrayBuffer's memory valid. Destroyed once nobody can see the memory
/// through it any more: the buffer, and any other that it was moved to, are detached or collected.
///
/// Anything can move a buffer: `transfer()`, a byte stream that it is given to. What it is moved to
/// can then be transferred to another thread, and outlive its environment there.
class Backing {
 public:
  Backing() = default;
  virtual ~Backing();
  Backing(const Backing&) = delete;
  Backing& operator=(const Backing&) = delete;

  /// The buffer, where it is tracked and was not collected; else null.
  napi_value buffer() const noexcept { return buffer_.value(); }
  /// Nobody sees the memory any more, or will learn of it.
  void untrack() noexcept;

  /// Lets go of the memory without being destroyed.
  virtual void abandon() noexcept = 0;

 protected:
  /// Asked in the destructor: true when the environment has ended while the memory may still be
  /// seen, in another thread, until the process ends.
  bool outlived() const noexcept { return outlived_; }

 private:
  friend class ThreadEnd;
  friend napi_value external_array_buffer(napi_env, void*, std::size_t, std::unique_ptr<Backing>&,
                                          Track);
  static void finalize(napi_env, void*, void* hint);
  void track(napi_env env, napi_value buffer, ThreadEnd* end);
  void note_end() noexcept;

  /// Node may call the finalizer of a buffer that it then fails to make, at once or later.
  enum class Stage : std::uint8_t { making, finalized, shown, abandoned } stage_ = Stage::making;
  bool outlived_ = false;
  Reference buffer_;
  /// Where the environment is a thread's: what looks at its end, and this one's place there.
  ThreadEnd* end_ = nullptr;
  std::size_t place_ = 0;
};

/// An ArrayBuffer over `size` bytes at `data`, which `backing` keeps valid. Where the runtime
/// refuses external buffers the result is null and `backing` is untouched.
napi_value external_array_buffer(napi_env env, void* data, std::size_t size,
                                 std::unique_ptr<Backing>& backing, Track track);

/// Makes every view of the buffer empty. False for one that was moved, or cannot be emptied: what
/// it showed is still to be seen.
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
