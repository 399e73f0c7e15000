/// The native code of the fan-out benchmark: the ring with a lock, as an object like those of
/// arena's own addon, and the checksum of a record.
#include <napi.h>

#include <memory>
#include <system_error>

#include "crc32c.hpp"
#include "locked_ring.hpp"

namespace arena::benchmarks {
namespace {
using locked::LockedRing;
using locked::ReadOutcome;

struct Bytes {
  std::byte* data = nullptr;
  std::size_t size = 0;
};

/// The bytes of a Uint8Array; empty for any other value.
Bytes bytes_of(const Napi::Value& value) {
  napi_typedarray_type type;
  void* data = nullptr;
  std::size_t length = 0;
  napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr);
  return {static_cast<std::byte*>(data), length};
}

class LockedRingWrap final : public Napi::ObjectWrap<LockedRingWrap> {
 public:
  static Napi::Function define(Napi::Env env) {
    using W = LockedRingWrap;
    return DefineClass(
        env, "LockedRing",
        {InstanceMethod<&W::handle>("handle"), InstanceMethod<&W::add_writer>("addWriter"),
         InstanceMethod<&W::add_reader>("addReader"), InstanceMethod<&W::try_write>("tryWrite"),
         InstanceMethod<&W::wait_for_room>("waitForRoom"),
         InstanceMethod<&W::writer_done>("writerDone"), InstanceMethod<&W::read>("read"),
         InstanceMethod<&W::lag>("lag"), InstanceMethod<&W::close>("close")});
  }

  /// (handle) or (slots, slotBytes)
  explicit LockedRingWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    try {
      if (info[0].IsString()) {
        ring_ = std::make_unique<LockedRing>(info[0].As<Napi::String>().Utf8Value());
      } else {
        ring_ = std::make_unique<LockedRing>(number(info[0]), number(info[1]));
      }
    } catch (const std::system_error& error) {
      throw Napi::Error::New(info.Env(), error.what());
    }
  }

 private:
  static std::uint64_t number(const Napi::Value& value) {
    return static_cast<std::uint64_t>(value.As<Napi::Number>().Int64Value());
  }
  static std::uint32_t milliseconds(const Napi::Value& value) {
    return value.As<Napi::Number>().Uint32Value();
  }
  /// The bytes of a Uint8Array, which must be as long as a slot.
  std::byte* slot_of(const Napi::Value& value) const {
    const Bytes bytes = bytes_of(value);
    if (bytes.size != ring_->slot_bytes()) {
      throw Napi::RangeError::New(value.Env(), "a record has to fill its slot");
    }
    return bytes.data;
  }

  Napi::Value handle(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), ring_->handle());
  }

  void add_writer(const Napi::CallbackInfo&) { ring_->add_writer(); }

  /// Registers this process's only reader.
  void add_reader(const Napi::CallbackInfo& info) {
    try {
      reader_ = ring_->add_reader();
    } catch (const std::system_error& error) {
      throw Napi::Error::New(info.Env(), error.what());
    }
  }

  /// (record) => boolean
  Napi::Value try_write(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), ring_->try_write(slot_of(info[0])));
  }

  /// (milliseconds) => boolean
  Napi::Value wait_for_room(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), ring_->wait_for_room(milliseconds(info[0])));
  }

  void writer_done(const Napi::CallbackInfo&) { ring_->writer_done(); }

  /// (target, milliseconds) => 0 a record, 1 nothing, 2 the end
  Napi::Value read(const Napi::CallbackInfo& info) {
    const ReadOutcome outcome =
        ring_->read(reader_, slot_of(info[0]), milliseconds(info[1]), behind_);
    return Napi::Number::New(info.Env(), static_cast<int>(outcome));
  }

  /// The lag at the last read.
  Napi::Value lag(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(behind_));
  }

  /// Frees the memory. Call no other method afterwards.
  void close(const Napi::CallbackInfo&) { ring_.reset(); }

  std::unique_ptr<LockedRing> ring_;
  std::uint32_t reader_ = 0;
  std::uint64_t behind_ = 0;
};

/// crc32c(bytes, seed) => number
Napi::Value checksum(const Napi::CallbackInfo& info) {
  const Bytes bytes = bytes_of(info[0]);
  const std::uint32_t seed = info[1].As<Napi::Number>();
  return Napi::Number::New(info.Env(), crc32c(bytes.data, bytes.size, seed));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports["crc32c"] = Napi::Function::New(env, checksum);
  exports["LockedRing"] = LockedRingWrap::define(env);
  return exports;
}

}  // namespace

NODE_API_MODULE(arena_benchmarks, init)

}  // namespace arena::benchmarks
