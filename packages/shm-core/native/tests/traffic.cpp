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

/// A plain copy, so that a sanitizer notices another access to bytes that nobody else may touch.
void copy_out(Reader& reader, const TakenUnit& unit, std::byte* to, const std::byte* from,
              std::size_t size) {
  if (reader.arena().queue().overwrite() && !unit.leased) {
    copy_contested(to, from, size);
  } else {
    copy_bytes(to, from, size);
  }
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
  if (status != Status::ok || unit.held) return status;
  if (unit.in_segment || !writer.arena().queue().overwrite()) {
    fill(unit.bytes, byte_length, stamp);
    return status;
  }
  // A reader that we have overtaken may still copy the old bytes.
  std::vector<std::byte> bytes(byte_length);
  fill(bytes.data(), byte_length, stamp);
  copy_contested(unit.bytes, bytes.data(), byte_length);
  return status;
}

Status commit(Writer& writer, Stamp stamp, OpenUnit& unit) {
  if (!unit.held) return writer.commit(unit, unit.byte_length);
  std::vector<std::byte> bytes(unit.byte_length);
  fill(bytes.data(), bytes.size(), stamp);
  return writer.commit_copy(unit, bytes);
}

Status try_write(Writer& writer, Stamp stamp, std::uint64_t byte_length) {
  OpenUnit unit;
  Status status = try_open(writer, stamp, byte_length, unit);
  if (status == Status::ok) status = commit(writer, stamp, unit);
  if (status == Status::full) writer.abort(unit);
  return status;
}

Status try_finish(Reader& reader, const TakenUnit& unit, Received& received) {
  // Copy first, and check the copy after finish(): before, a writer may overwrite the unit.
  std::vector<std::byte> copy(unit.view.byte_length);
  copy_out(reader, unit, copy.data(), unit.view.bytes, copy.size());
  Stamp stamp;
  const bool stamped = unit.view.envelope_length == sizeof stamp;
  if (stamped) {
    std::byte* const envelope = std::as_writable_bytes(std::span(&stamp, 1)).data();
    copy_out(reader, unit, envelope, unit.view.envelope, sizeof stamp);
  }
  if (!reader.finish(unit)) return Status::lapped;
  received = {stamp, copy.size(), stamped && is_filled(copy.data(), copy.size(), stamp)};
  return Status::ok;
}

Status try_read(Reader& reader, Received& received, TakenUnit* leased) {
  TakenUnit unit;
  Status status = reader.take(unit);
  // In these tests no writer is on its way.
  if (status == Status::quiet) return reader.end_quiet_stream() ? Status::ended : Status::empty;
  if (status == Status::ok) status = try_finish(reader, unit, received);
  if (status != Status::ok) return status;
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
    status = writer.wait(writer.placement(byte_length, sizeof stamp), deadline);
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
