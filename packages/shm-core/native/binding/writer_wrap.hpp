/// core::Writer for JavaScript.
#pragma once

#include <napi.h>

#include <memory>
#include <unordered_map>

#include "array_buffers.hpp"
#include "writer.hpp"

namespace arena::binding {

/// Shared by the wrapper and the ArrayBuffers of its open units.
struct WriterState {
  explicit WriterState(std::shared_ptr<core::Attachment> arena) : writer(std::move(arena)) {}
  struct Opened {
    core::OpenUnit unit;
    /// What the caller fills. Weak: a unit that is dropped is aborted.
    Napi::Reference<Napi::ArrayBuffer> buffer;
  };
  core::Writer writer;
  std::unordered_map<std::uint32_t, Opened> open;
  std::uint32_t last_id = 0;

  std::uint32_t new_id();
  void abort(std::uint32_t id);
};

class WriterWrap final : public Napi::ObjectWrap<WriterWrap> {
 public:
  static void define(Napi::Env env);
  explicit WriterWrap(const Napi::CallbackInfo& info);

 private:
  /// Throws ERR_ARENA_CLOSED.
  WriterState& state() const;
  Napi::ArrayBuffer buffer_for(const core::OpenUnit& unit, std::uint32_t id);
  core::Status write(const Bytes& bytes, std::span<const std::byte> envelope, bool inlined,
                     bool notify);

  /// (byteLength, envelope | undefined) => status | ArrayBuffer; opened[0] becomes the unit's id
  Napi::Value try_acquire(const Napi::CallbackInfo& info);
  /// (bytes, envelope | undefined, inline) => status
  Napi::Value try_write(const Napi::CallbackInfo& info);
  /// (list of Uint8Array, first, inlineBytes) => index after the last written, or a status as
  /// -1 - status when none was. Elements of at most inlineBytes go inline.
  Napi::Value try_write_many(const Napi::CallbackInfo& info);
  /// (id, byteLength, ArrayBuffer) => status
  Napi::Value commit(const Napi::CallbackInfo& info);
  /// (id, ArrayBuffer)
  Napi::Value abort(const Napi::CallbackInfo& info);
  /// (byteLength, envelopeLength, timeoutMs | -1, spinMicroseconds, continued) => status
  Napi::Value wait(const Napi::CallbackInfo& info);
  /// (byteLength, envelopeLength) => boolean
  Napi::Value arm(const Napi::CallbackInfo& info);
  Napi::Value disarm(const Napi::CallbackInfo& info);
  Napi::Value flush(const Napi::CallbackInfo& info);
  Napi::Value stranded(const Napi::CallbackInfo& info);
  Napi::Value add_wait(const Napi::CallbackInfo& info);
  Napi::Value free_bytes(const Napi::CallbackInfo& info);
  /// () => [lag, pid] of the slowest reader, or undefined
  Napi::Value slowest_reader(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<WriterState> state_;
  /// The one element of `opened`, which JavaScript reads.
  std::uint32_t* opened_ = nullptr;
};

}  // namespace arena::binding
