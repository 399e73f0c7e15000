#include "traffic.hpp"

#include <cstring>
#include <span>
#include <vector>

#include "copy.hpp"

namespace arena::tests {
namespace {

std::span<const std::byte> envelope_of(const Stamp& stamp) {
  return std::as_bytes(std::span(&stamp, 1));
}

std::uint64_t word_at(Stamp stamp, std::uint64_t offset) {
  const std::uint64_t seed = std::uint64_t{stamp.writer} << 32 | stamp.number;
  return (seed + offset) * 0x9e3779b97f4a7c15 ^ seed;
}

}  // namespace

void fill(std::byte* bytes, std::uint64_t byte_length, Stamp stamp) {
  for (std::uint64_t offset = 0; offset < byte_length; offset += 8) {
    const std::uint64_t word = word_at(stamp, offset);
    std::memcpy(bytes + offset, &word, std::min<std::uint64_t>(8, byte_length - offset));
  }
}

bool is_filled(const std::byte* bytes, std::uint64_t byte_length, Stamp stamp) {
  for (std::uint64_t offset = 0; offset < byte_length; offset += 8) {
    const std::uint64_t word = word_at(stamp, offset);
    if (std::memcmp(bytes + offset, &word, std::min<std::uint64_t>(8, byte_length - offset)) != 0) {
      return false;
    }
  }
  return true;
}

Status try_open(Writer& writer, Stamp stamp, std::uint64_t byte_length, OpenUnit& unit) {
  const Status status = writer.try_acquire(byte_length, envelope_of(stamp), unit);
  if (status == Status::ok) fill(unit.bytes, byte_length, stamp);
  return status;
}

Status try_write(Writer& writer, Stamp stamp, std::uint64_t byte_length) {
  OpenUnit unit;
  Status status = try_open(writer, stamp, byte_length, unit);
  if (status == Status::ok) status = writer.commit(unit, byte_length);
  if (status == Status::full) writer.abort(unit);
  return status;
}

Status try_read(Reader& reader, Received& received, TakenUnit* leased) {
  TakenUnit unit;
  const Status status = reader.take(unit);
  if (status != Status::ok) return status;
  // Copied first and judged after finish(): before, an overwriting writer may be at it.
  std::vector<std::byte> copy(unit.view.byte_length);
  copy_bytes(copy.data(), unit.view.bytes, copy.size());
  Stamp stamp;
  const bool stamped = unit.view.envelope_length == sizeof stamp;
  if (stamped) std::memcpy(&stamp, unit.view.envelope, sizeof stamp);
  if (!reader.finish(unit)) return Status::lapped;
  received = {stamp, copy.size(), stamped && is_filled(copy.data(), copy.size(), stamp)};
  if (leased != nullptr) {
    *leased = unit;
  } else {
    reader.release(unit);
  }
  return Status::ok;
}

Status write(Writer& writer, Stamp stamp, std::uint64_t byte_length, Deadline deadline) {
  for (;;) {
    Status status = try_write(writer, stamp, byte_length);
    if (status != Status::full) return status;
    status = writer.wait(byte_length, sizeof stamp, deadline);
    if (status != Status::ok) return status;
  }
}

Status read(Reader& reader, Received& received, Deadline deadline) {
  for (;;) {
    Status status = try_read(reader, received);
    if (status != Status::empty) return status;
    status = reader.wait(deadline);
    if (status != Status::ok) return status;
  }
}

}  // namespace arena::tests
