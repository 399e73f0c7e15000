#include "array_buffers.hpp"
#include "reader_wrap.hpp"
#include "values.hpp"

namespace arena::binding {
namespace {

/// Keeps the mapping for as long as any view of it is alive.
class MappingBacking final : public Backing {
 public:
  explicit MappingBacking(std::shared_ptr<ReaderState> state) : state_(std::move(state)) {}
  void abandon() noexcept override { state_.reset(); }

 private:
  std::shared_ptr<ReaderState> state_;
};

}  // namespace

napi_value ReaderWrap::borrow(const Call& call) {
  core::TakenUnit unit;
  const core::Status status = next(unit);
  if (status != core::Status::ok) return to_js(call.env, status);
  loan_ = unit;
  const std::byte* base = state_->reader.arena().region().records();
  row_[0] = static_cast<double>(unit.view.bytes - base);
  row_[1] = static_cast<double>(unit.view.byte_length);
  row_[2] = static_cast<double>(unit.view.envelope - base);
  row_[3] = unit.view.envelope_length;
  return to_js(call.env, status);
}

napi_value ReaderWrap::end_loan(const Call& call) {
  const bool whole = !loan_ || state().reader.finish(*loan_);
  loan_.reset();
  // Counted among the lost at once; told by the next call.
  if (!whole) lapped_ = lapped() == core::Status::lapped;
  return to_js(call.env, whole);
}

napi_value ReaderWrap::overtaken(const Call& call) {
  return to_js(call.env, loan_ && state_->reader.overtaken(*loan_));
}

napi_value ReaderWrap::records(const Call& call) {
  const core::Region& region = state().reader.arena().region();
  std::unique_ptr<Backing> backing = std::make_unique<MappingBacking>(state_);
  const napi_value buffer =
      external_array_buffer(call.env, region.records(), 2 * region.config().capacity, backing);
  if (buffer != nullptr) records_ = Reference::weak(call.env, buffer);
  return buffer;
}

}  // namespace arena::binding
