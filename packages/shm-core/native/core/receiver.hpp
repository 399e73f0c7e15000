/// The receiver of a unit that is read: memory and leases of the language that reads.
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
  /// The bytes are a segment, which belongs to this reader until `release`.
  bool leased = false;
  SegmentWord segment;
};

/// Implemented by a binding. Each function may throw. Then the unit stays unread.
class Receiver {
 public:
  virtual ~Receiver() = default;

  /// Called first. Returns false to refuse the unit, which then stays unread.
  virtual bool accepts(const RecordView& unit) = 0;
  /// Returns memory for a private copy of the envelope, which has at least one byte.
  virtual std::byte* envelope(std::size_t byte_length) = 0;
  /// Shows the unit's segment itself until `Reader::release(unit)`. Returns false to get a private
  /// copy instead.
  virtual bool lease(const TakenUnit& unit) = 0;
  /// Returns memory for a private copy of the bytes.
  virtual std::byte* copy(const TakenUnit& unit) = 0;
  /// Called when a writer has overwritten the unit meanwhile: the copy is void.
  virtual void revoke() noexcept = 0;
};

/// The place of a unit in the memory to which its batch was copied.
struct BatchRow {
  std::uint32_t offset;
  std::uint32_t byte_length;
  std::uint32_t envelope_offset;
  std::uint32_t envelope_length;
};

/// A batch takes units of at most this many bytes, envelope included. Larger units are read one by
/// one.
inline constexpr std::size_t kBatchedBytes = 16 << 10;
/// Largest number of units in a batch.
inline constexpr std::size_t kBatchRows = 1024;

}  // namespace arena::core
