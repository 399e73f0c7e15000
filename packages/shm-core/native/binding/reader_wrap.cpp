#include "reader_wrap.hpp"

#include <algorithm>

#include "attachment_wrap.hpp"
#include "held_up.hpp"
#include "instance.hpp"
#include "marshal.hpp"
#include "unit_receivers.hpp"

namespace arena::binding {

void ExclusiveReaderWrap::define(napi_env env) {
  const napi_value defined =
      define_class<ExclusiveReaderWrap>(env, "ExclusiveReader", methods<ExclusiveReaderWrap>());
  instance(env).exclusive_reader = Reference::strong(env, defined);
}

ReaderWrap::ReaderWrap(const Call& call)
    : turns_(instance(call.env).turns), results_(instance(call.env).results) {
  const auto arena = unwrap<AttachmentWrap>(call.env, call[0]).shared_arena();
  const auto from = static_cast<core::From>(to_u32(call.env, call[1]));
  state_ = std::make_shared<ReaderState>(arena, from, to_bool(call.env, call[2]));
  state_->wrapper = this;
}

ReaderWrap::~ReaderWrap() {
  if (!state_) return;
  state_->wrapper = nullptr;
  // Leases may keep the state alive. No call reads with it any more.
  state_->reader->close();
}

ReaderState& ReaderWrap::state() const {
  if (state_) return *state_;
  throw core::ArenaFailure("ERR_ARENA_CLOSED",
                           "the reader is closed. Open another with arena.reader().");
}

napi_value ReaderWrap::take(const Call& call) {
  turns_.due();
  core::Reader& reader = *state().reader;
  BufferReceiver receiver(call.env, state_, {call[0], call[1]});
  const core::Status status = reader.read(receiver);
  results_.set_status(status);
  return status == core::Status::ok ? receiver.tell(results_) : nullptr;
}

napi_value ReaderWrap::take_into(const Call& call) {
  turns_.due();
  TargetReceiver receiver(call.env, bytes_of(call.env, call[0]));
  const core::Status status = state().reader->read(receiver);
  receiver.tell(results_);
  return to_js(call.env, status);
}

napi_value ReaderWrap::take_many(const Call& call) {
  turns_.due();
  const Bytes units = bytes_of(call.env, call[0]);
  const auto rows = results_.rows();
  const std::size_t most = std::min<std::uint64_t>(to_u64(call.env, call[1]), rows.size());
  core::Reader& reader = *state().reader;
  BufferReceiver single(call.env, state_, {call[2], call[3]});
  std::size_t count = 0;
  const core::Status status =
      reader.read_many({units.data, units.size}, rows.first(most), count, single);
  results_.set_status(status);
  results_.numbers().count = static_cast<double>(count);
  return status == core::Status::ok && count == 0 ? single.tell(results_) : nullptr;
}

napi_value ReaderWrap::end_quiet_stream(const Call& call) {
  const bool ended = state().reader->end_quiet_stream();
  return to_js(call.env, ended ? core::Status::ended : core::Status::empty);
}

napi_value ReaderWrap::confirm_loss(const Call& call) {
  const bool lost = state().reader->confirms_loss();
  return to_js(call.env, lost ? core::Status::peer_lost : core::Status::empty);
}

napi_value ReaderWrap::release(const Call& call) {
  if (state_) state_->release(to_u32(call.env, call[0]), !to_bool(call.env, call[1]));
  let_go();
  return nullptr;
}

napi_value ReaderWrap::hold(const Call& call) {
  const auto found = state().leases.find(to_u32(call.env, call[0]));
  if (found != state_->leases.end()) ++found->second.holds;
  return nullptr;
}

napi_value ReaderWrap::unhold(const Call& call) {
  if (state_) state_->unhold(to_u32(call.env, call[0]));
  let_go();
  return nullptr;
}

napi_value ReaderWrap::wait(const Call& call) {
  return to_js(call.env,
               state().reader->wait(to_deadline(call.env, call[0]), to_spin(call.env, call[1]),
                                    to_bool(call.env, call[2])));
}

napi_value ReaderWrap::arm(const Call& call) {
  const bool ready = state().reader->arm(to_u64(call.env, call[0]));
  return to_js(call.env, ready ? core::Status::ok : core::Status::empty);
}

napi_value ReaderWrap::disarm(const Call&) {
  state().reader->disarm();
  return nullptr;
}

napi_value ReaderWrap::add_wait(const Call& call) {
  state().reader->add_wait(to_u64(call.env, call[0]));
  return nullptr;
}

napi_value ReaderWrap::on_leak(const Call& call) {
  state().on_leak = Reference::strong(call.env, call[0]);
  return nullptr;
}

napi_value ReaderWrap::end_wait(const Call&) {
  if (state_) state_->reader->end_wait();
  return nullptr;
}

napi_value ReaderWrap::held_up_by(const Call& call) {
  core::Reader& reader = *state().reader;
  return held_up_value(call.env, reader.arena(), reader.held_up_by());
}

napi_value ReaderWrap::close(const Call&) {
  if (!state_) return nullptr;
  state_->reader->close();
  let_go();
  return nullptr;
}

void ReaderWrap::let_go() {
  if (!state_ || !state_->reader->closed() || !state_->leases.empty()) return;
  // Buffers that are not finalized yet keep the state alive, perhaps for longer than this object.
  state_->wrapper = nullptr;
  state_.reset();
}

}  // namespace arena::binding
