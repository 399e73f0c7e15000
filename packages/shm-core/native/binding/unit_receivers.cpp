#include "unit_receivers.hpp"

#include <string>
#include <utility>

#include "array_buffers.hpp"
#include "instance.hpp"
#include "reader_wrap.hpp"
#include "undo.hpp"

namespace arena::binding {
namespace {

/// Copies of this size and more go into reused private memory, smaller ones into JavaScript's own.
constexpr std::size_t kPooledCopyBytes = 64 << 10;

/// Calls JavaScript to report something. What it throws is dropped.
void call_quietly(const Reference& function, std::uint32_t argument) noexcept {
  try {
    const napi_env env = function.env();
    const HandleScope scope(env);
    const napi_value id = to_js(env, argument);
    napi_value undefined = nullptr;
    check(napi_get_undefined(env, &undefined));
    check(napi_call_function(env, undefined, function.value(), 1, &id, nullptr));
  } catch (const Refused&) {
  }
}

/// Ends the lease when no buffer shows its memory any more, if it has not ended before.
class LeaseBacking final : public Backing {
 public:
  LeaseBacking(std::shared_ptr<ReaderState> state, std::uint32_t id)
      : state_(std::move(state)), id_(id) {}
  ~LeaseBacking() override {
    if (!state_) return;
    const bool leaked = !outlived() && state_->unseen(id_);
    if (outlived()) state_->keep_for_ever(id_);
    if (state_->wrapper != nullptr) state_->wrapper->let_go();
    if (leaked && !state_->on_leak.empty()) call_quietly(state_->on_leak, id_);
  }
  void abandon() noexcept override { state_.reset(); }

 private:
  std::shared_ptr<ReaderState> state_;
  std::uint32_t id_;
};

}  // namespace

void check_viewable(napi_env env, const core::RecordView& unit) {
  const std::uint64_t most = instance(env).max_view_bytes;
  if (unit.byte_length <= most) return;
  throw core::ArenaFailure(
      "ERR_ARENA_UNIT_TOO_LARGE",
      "unit too large: it has " + std::to_string(unit.byte_length) +
          " bytes, and this version of Node.js views at most " + std::to_string(most) +
          " at once. It stays unread: read it with Node.js 22 or later, or write smaller units.");
}

bool BufferReceiver::accepts(const core::RecordView& unit) {
  check_viewable(env_, unit);
  envelope_length_ = unit.envelope_length;
  return true;
}

std::byte* BufferReceiver::envelope(std::size_t byte_length) {
  const Bytes slab = bytes_of(env_, slab_.bytes);
  const std::size_t at = to_u32(env_, slab_.at);
  if (at <= slab.size && byte_length <= slab.size - at) return slab.data + at;
  std::byte* bytes = nullptr;
  envelope_ = new_array_buffer(env_, byte_length, bytes);
  return bytes;
}

/// An ArrayBuffer over a lease's memory, whose number is `id_` from then on. False where the
/// runtime refuses one.
bool BufferReceiver::show(std::byte* data, ReaderState::Lease lease) {
  const std::uint32_t next = state_->new_id();
  const std::size_t size = lease.unit.view.byte_length;
  std::unique_ptr<Backing> backing = std::make_unique<LeaseBacking>(state_, next);
  lease.backing = backing.get();
  buffer_ = external_array_buffer(env_, data, size, backing, Track::in_threads);
  if (buffer_ == nullptr) return false;
  state_->leases.emplace(next, std::move(lease));
  id_ = next;
  return true;
}

bool BufferReceiver::lease(const core::TakenUnit& unit) {
  if (unit.view.byte_length == 0) return false;
  ReaderState::Lease lease{.unit = unit};
  auto* data = const_cast<std::byte*>(unit.view.bytes);
  if (state_->hardened) {
    const core::Region& region = state_->reader->arena().region();
    lease.window = region.open_window(unit.view.bytes, unit.view.byte_length, data);
  }
  zero_copy_ = show(data, std::move(lease));
  return zero_copy_;
}

std::byte* BufferReceiver::own_memory(std::size_t size) {
  std::byte* bytes = nullptr;
  buffer_ = new_array_buffer(env_, size, bytes);
  return bytes;
}

std::byte* BufferReceiver::copy(const core::TakenUnit& unit) {
  const std::size_t size = unit.view.byte_length;
  const bool own = state_->hardened ? size == 0 : size < kPooledCopyBytes;
  if (own || !instance(env_).external_buffers) return own_memory(size);
  // The lease is of the private copy alone. The unit itself is released apart from it.
  ReaderState::Lease lease{.unit = unit};
  lease.unit.leased = false;
  std::byte* data = nullptr;
  if (state_->hardened) {
    lease.window = core::LeaseWindow(-1, 0, size);
    data = lease.window.start();
  } else {
    lease.copy = state_->buffers.take(size);
    data = lease.copy.data;
  }
  const core::PrivateBuffer copy = lease.copy;
  core::Undo unused([&] {
    if (copy.data != nullptr) state_->buffers.give_back(copy);
  });
  if (!show(data, std::move(lease))) return own_memory(size);
  unused.forget();
  return data;
}

void BufferReceiver::revoke() noexcept {
  if (id_ != 0) state_->release(id_, false);
}

napi_value BufferReceiver::tell(Results& results) const {
  // This is intentional: numbers in a block, and the buffer returned. An object of results would
  // cost as much as the lease, and an element of a list a tenth of it.
  ResultNumbers& numbers = results.numbers();
  numbers.id = id_;
  numbers.zero_copy = zero_copy_;
  numbers.envelope_length = envelope_length_;
  if (envelope_ != nullptr) results.set_envelope(envelope_);
  return buffer_;
}

bool TargetReceiver::accepts(const core::RecordView& unit) {
  byte_length_ = unit.byte_length;
  return byte_length_ <= target_.size;
}

std::byte* TargetReceiver::envelope(std::size_t byte_length) {
  std::byte* bytes = nullptr;
  envelope_ = new_array_buffer(env_, byte_length, bytes);
  return bytes;
}

void TargetReceiver::tell(Results& results) const {
  results.numbers().byte_length = static_cast<double>(byte_length_);
  if (envelope_ != nullptr) results.set_envelope(envelope_);
}

}  // namespace arena::binding
