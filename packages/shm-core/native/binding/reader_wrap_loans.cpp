/// Records that are looked at where they lie.
#include "array_buffers.hpp"
#include "errors.hpp"
#include "marshal.hpp"
#include "reader_wrap.hpp"

namespace arena::binding {

Napi::Value ReaderWrap::borrow(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    core::TakenUnit unit;
    const core::Status status = next(unit);
    if (status != core::Status::ok) return status_value(info.Env(), status);
    loan_ = unit;
    const std::byte* base = state_->reader.arena().region().records();
    row_[0] = static_cast<double>(unit.view.bytes - base);
    row_[1] = static_cast<double>(unit.view.byte_length);
    row_[2] = static_cast<double>(unit.view.envelope - base);
    row_[3] = unit.view.envelope_length;
    return status_value(info.Env(), status);
  });
}

Napi::Value ReaderWrap::end_loan(const Napi::CallbackInfo& info) {
  const bool whole = !loan_ || state().reader.finish(*loan_);
  loan_.reset();
  // Counted among the lost at once; told by the next call.
  if (!whole) lapped_ = lapped() == core::Status::lapped;
  return Napi::Boolean::New(info.Env(), whole);
}

Napi::Value ReaderWrap::overtaken(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), loan_ && state_->reader.overtaken(*loan_));
}

Napi::Value ReaderWrap::records(const Napi::CallbackInfo& info) {
  /// Keeps the mapping for as long as any view of it is alive.
  struct MappingBacking final : Backing {
    explicit MappingBacking(std::shared_ptr<ReaderState> state) : state(std::move(state)) {}
    std::shared_ptr<ReaderState> state;
  };
  const core::Region& region = state().reader.arena().region();
  std::unique_ptr<Backing> backing = std::make_unique<MappingBacking>(state_);
  const Napi::Value buffer =
      external_array_buffer(info.Env(), region.records(), 2 * region.config().capacity, backing);
  if (buffer.IsEmpty()) return info.Env().Undefined();
  records_ = Napi::Weak(buffer.As<Napi::Object>());
  return buffer;
}

}  // namespace arena::binding
