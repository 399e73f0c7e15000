/// core::Writer for JavaScript.
#pragma once

#include <memory>
#include <span>
#include <unordered_map>

#include "array_buffers.hpp"
#include "native_class.hpp"
#include "private_buffers.hpp"
#include "reference.hpp"
#include "writer.hpp"

namespace arena::binding {

/// Shared by the wrapper and the ArrayBuffers of its open units.
struct WriterState {
  WriterState(std::shared_ptr<core::Attachment> arena, bool wait_for_readers)
      : writer(std::move(arena), wait_for_readers) {}
  struct Opened {
    core::OpenUnit unit;
    /// What the caller fills. Weak: a unit that is dropped is aborted.
    Reference buffer;
  };
  core::Writer writer;
  /// Where units that are held are filled.
  core::PrivateBuffers buffers;
  std::unordered_map<std::uint32_t, Opened> open;
  std::uint32_t last_id = 0;

  std::uint32_t new_id();
  void abort(std::uint32_t id);
};

class WriterWrap final {
 public:
  /// Makes the class that `instance().writer` names.
  static void define(napi_env env);
  explicit WriterWrap(const Call& call);

 private:
  /// Throws ERR_ARENA_CLOSED.
  WriterState& state() const;
  napi_value buffer_for(napi_env env, const core::OpenUnit& unit, std::uint32_t id);
  napi_value held_buffer(napi_env env, const core::OpenUnit& unit, std::uint32_t id);
  core::Status publish(core::OpenUnit& unit, const Bytes& filled, std::uint64_t byte_length);
  core::Status write(const Bytes& bytes, std::span<const std::byte> envelope, bool inlined,
                     bool notify);

  /// (byteLength, envelope | undefined) => status | ArrayBuffer; opened[0] becomes the unit's id
  napi_value try_acquire(const Call& call);
  /// (bytes, envelope | undefined, inline) => status
  napi_value try_write(const Call& call);
  /// (list of Uint8Array, first, inlineBytes) => index after the last written, or a status as
  /// -1 - status when none was. Elements of at most inlineBytes go inline.
  napi_value try_write_many(const Call& call);
  /// (id, byteLength, ArrayBuffer) => status
  napi_value commit(const Call& call);
  /// (id, ArrayBuffer)
  napi_value abort(const Call& call);
  /// (byteLength, envelopeLength, timeoutMs | -1, spinMicroseconds, continued) => status
  napi_value wait(const Call& call);
  /// (byteLength, envelopeLength) => boolean
  napi_value arm(const Call& call);
  napi_value disarm(const Call& call);
  napi_value flush(const Call& call);
  napi_value stranded(const Call& call);
  napi_value add_wait(const Call& call);
  napi_value free_bytes(const Call& call);
  /// () => [lag, pid] of the slowest reader, or undefined
  napi_value slowest_reader(const Call& call);
  /// () => [pid, milliseconds | -1] of the open unit behind which nothing goes on, or undefined
  napi_value held_up_by(const Call& call);
  napi_value close(const Call& call);

  std::shared_ptr<WriterState> state_;
  /// The one element of `opened`, which JavaScript reads.
  std::uint32_t* opened_ = nullptr;
};

}  // namespace arena::binding
