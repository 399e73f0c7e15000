/// Where a unit goes when it is read: memory and leases of the language that reads it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "record_queue.hpp"
#include "segments.hpp"

namespace arena::core {

/// A unit that a reader has taken and may still give back.
struct TakenUnit {
  RecordView view;
  std::uint32_t attempt = 0;
  /// The bytes are a segment, which stays this reader's until `release`.
  bool leased = false;
  SegmentWord segment;
};

/// Implemented by a binding. Each function may throw: the unit then stays unread.
class Receiver {
 public:
  virtual ~Receiver() = default;

  /// Called first. False refuses the unit, which stays unread.
  virtual bool accepts(const RecordView& unit) = 0;
  /// Memory for a private copy of the envelope, which has at least one byte.
  virtual std::byte* envelope(std::size_t byte_length) = 0;
  /// Shows the unit's segment itself until `Reader::release(unit)`. False asks for a private copy.
  virtual bool lease(const TakenUnit& unit) = 0;
  /// Memory for a private copy of the bytes.
  virtual std::byte* copy(const TakenUnit& unit) = 0;
  /// A writer overwrote the unit meanwhile: nothing was received.
  virtual void revoke() noexcept = 0;
};

/// Where one unit of a batch lies in the memory that the batch was copied to.
struct BatchRow {
  std::uint32_t offset;
  std::uint32_t byte_length;
  std::uint32_t envelope_offset;
  std::uint32_t envelope_length;
};

/// A batch takes units of at most so many bytes, envelope included. Larger ones are read one by
/// one.
inline constexpr std::size_t kBatchedBytes = 16 << 10;
/// The most units of one batch.
inline constexpr std::size_t kBatchRows = 1024;

}  // namespace arena::core
