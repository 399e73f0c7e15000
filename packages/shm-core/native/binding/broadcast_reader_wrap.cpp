#include "broadcast_reader_wrap.hpp"

#include <algorithm>
#include <utility>

#include "array_buffers.hpp"
#include "instance.hpp"
#include "marshal.hpp"
#include "thread_end.hpp"
#include "unit_receivers.hpp"

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

void BroadcastReaderWrap::define(napi_env env) {
  using W = BroadcastReaderWrap;
  std::vector<napi_property_descriptor> all = methods<W>();
  all.insert(all.end(), {method<&W::borrow>("borrow"), method<&W::end_loan>("endLoan"),
                         method<&W::overtaken>("overtaken"), method<&W::records>("records"),
                         method<&W::lag>("lag"), method<&W::lost>("lost"),
                         method<&W::sync_to_newest>("syncToNewest")});
  const napi_value defined = define_class<W>(env, "BroadcastReader", all);
  instance(env).broadcast_reader = Reference::strong(env, defined);
}

napi_value BroadcastReaderWrap::borrow(const Call& call) {
  turns_.due();
  core::RecordView record;
  const core::Status status = reader().borrow(record, instance(call.env).max_view_bytes);
  if (status == core::Status::too_large) check_viewable(call.env, record);
  if (status != core::Status::ok) return to_js(call.env, status);
  const std::byte* base = reader().arena().region().records();
  ResultNumbers& numbers = results_.numbers();
  numbers.offset = static_cast<double>(record.bytes - base);
  numbers.byte_length = static_cast<double>(record.byte_length);
  numbers.envelope_offset = static_cast<double>(record.envelope - base);
  numbers.envelope_length = record.envelope_length;
  return to_js(call.env, status);
}

napi_value BroadcastReaderWrap::end_loan(const Call& call) {
  const bool whole = reader().end_loan();
  return to_js(call.env, whole ? core::Status::ok : core::Status::lapped);
}

napi_value BroadcastReaderWrap::overtaken(const Call& call) {
  return to_js(call.env, state_ && reader().overtaken());
}

napi_value BroadcastReaderWrap::records(const Call& call) {
  core::Attachment& arena = reader().arena();
  const core::Region& region = arena.region();
  const std::uint64_t end = 2 * region.config().capacity;
  const std::uint64_t from = std::min(to_u64(call.env, call[0]), end);
  const std::uint64_t size = std::min(end - from, instance(call.env).max_view_bytes);
  end_records(call.env);
  std::unique_ptr<Backing> backing = std::make_unique<MappingBacking>(arena.shared_region());
  const napi_value buffer =
      external_array_buffer(call.env, region.records() + from, size, backing, Track::in_threads);
  if (buffer != nullptr) records_ = Reference::weak(call.env, buffer);
  return buffer;
}

/// A buffer that was moved cannot be emptied. Its memory stays until the views are collected.
void BroadcastReaderWrap::end_records(napi_env env) noexcept {
  if (const napi_value records = records_.value()) empty(env, records);
  records_.reset();
}

napi_value BroadcastReaderWrap::lag(const Call& call) { return to_js(call.env, reader().lag()); }

napi_value BroadcastReaderWrap::lost(const Call& call) {
  return to_js(call.env, state_ ? reader().lost() : lost_);
}

napi_value BroadcastReaderWrap::sync_to_newest(const Call&) {
  reader().sync_to_newest();
  return nullptr;
}

napi_value BroadcastReaderWrap::close(const Call& call) {
  if (!state_) return nullptr;
  lost_ = reader().lost();
  end_records(call.env);
  return ReaderWrap::close(call);
}

}  // namespace arena::binding
