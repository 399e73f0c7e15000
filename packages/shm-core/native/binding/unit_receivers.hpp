/// Makes JavaScript values of the units that are read.
#pragma once

#include "reader_state.hpp"
#include "results.hpp"
#include "values.hpp"

namespace arena::binding {

/// The caller's memory for envelopes, and the offset of the next one. An envelope that does not fit
/// there gets an ArrayBuffer of its own.
struct EnvelopeSlab {
  napi_value bytes;
  napi_value at;
};

/// Shows a unit by an ArrayBuffer: of the segment itself where it is leased, else of a copy.
class BufferReceiver final : public core::Receiver {
 public:
  BufferReceiver(napi_env env, const std::shared_ptr<ReaderState>& state, EnvelopeSlab slab)
      : env_(env), state_(state), slab_(slab) {}

  bool accepts(const core::RecordView& unit) override;
  std::byte* envelope(std::size_t byte_length) override;
  bool lease(const core::TakenUnit& unit) override;
  std::byte* copy(const core::TakenUnit& unit) override;
  void revoke() noexcept override;
  /// After `ok`. Returns the ArrayBuffer.
  napi_value tell(Results& results) const;

 private:
  bool show(std::byte* data, ReaderState::Lease lease);
  std::byte* own_memory(std::size_t size);

  napi_env env_;
  const std::shared_ptr<ReaderState>& state_;
  EnvelopeSlab slab_;
  napi_value buffer_ = nullptr;
  napi_value envelope_ = nullptr;
  std::uint32_t id_ = 0;
  std::uint32_t envelope_length_ = 0;
  bool zero_copy_ = false;
};

/// Copies a unit into the caller's memory. Refuses a unit that is longer.
class TargetReceiver final : public core::Receiver {
 public:
  TargetReceiver(napi_env env, Bytes target) : env_(env), target_(target) {}

  bool accepts(const core::RecordView& unit) override;
  std::byte* envelope(std::size_t byte_length) override;
  bool lease(const core::TakenUnit&) override { return false; }
  std::byte* copy(const core::TakenUnit&) override { return target_.data; }
  void revoke() noexcept override { envelope_ = nullptr; }
  /// After `ok` or `too_large`.
  void tell(Results& results) const;

 private:
  napi_env env_;
  Bytes target_;
  napi_value envelope_ = nullptr;
  std::uint64_t byte_length_ = 0;
};

/// Throws ERR_ARENA_UNIT_TOO_LARGE for a unit that is longer than any ArrayBuffer.
void check_viewable(napi_env env, const core::RecordView& unit);

}  // namespace arena::binding
