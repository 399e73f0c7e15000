#include <algorithm>
#include <utility>

#include "array_buffers.hpp"
#include "instance.hpp"
#include "marshal.hpp"
#include "reader_wrap.hpp"
#include "thread_end.hpp"
#include "undo.hpp"

namespace arena::binding {
namespace {

/// Keeps the mapping for as long as any view of it is alive.
class MappingBacking final : public Backing {
 public:
  explicit MappingBacking(std::shared_ptr<const core::Region> region)
      : region_(std::move(region)) {}
  ~MappingBacking() override {
    if (outlived()) keep_until_process_ends(std::move(region_));
  }
  void abandon() noexcept override { region_.reset(); }

 private:
  std::shared_ptr<const core::Region> region_;
};

}  // namespace

napi_value ReaderWrap::borrow(const Call& call) {
  turns_.due();
  core::TakenUnit unit;
  const core::Status status = next(unit);
  if (status != core::Status::ok) return to_js(call.env, status);
  Undo untaken([&] { state_->reader.give_back(unit); });
  check_viewable(call.env, unit);
  untaken.forget();
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
  const std::uint64_t end = 2 * region.config().capacity;
  const std::uint64_t from = std::min(to_u64(call.env, call[0]), end);
  const std::uint64_t size = std::min(end - from, instance(call.env).max_view_bytes);
  end_records(call.env);
  std::unique_ptr<Backing> backing =
      std::make_unique<MappingBacking>(state_->reader.arena().shared_region());
  const napi_value buffer =
      external_array_buffer(call.env, region.records() + from, size, backing, Track::in_threads);
  if (buffer != nullptr) records_ = Reference::weak(call.env, buffer);
  return buffer;
}

/// Of a buffer that was moved, and of what it was moved to, the views end when they are collected.
void ReaderWrap::end_records(napi_env env) noexcept {
  if (const napi_value records = records_.value()) empty(env, records);
  records_.reset();
}

}  // namespace arena::binding
