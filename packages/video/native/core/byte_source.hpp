#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "av_ptr.hpp"
#include "interrupt.hpp"

namespace arena::video {

/// Random access to the bytes of one media file.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::int64_t size() const noexcept = 0;
  /// Copies up to `length` bytes at `position`. Returns their number, 0 at the end, or a libav
  /// error.
  virtual int read_at(std::int64_t position, std::uint8_t* target, int length) noexcept = 0;
};

/// Opens a regular file.
///
/// This is intentional: not libav's own file protocol. That protocol blocks for ever on a FIFO
/// without a writer, takes "scheme:" prefixes for protocols, and does not look at the interrupt
/// flag.
/// @throws MediaError system when the file cannot be opened, media when it is not a regular file.
std::unique_ptr<ByteSource> open_file(const std::string& path);

/// Reads from memory that the caller keeps in place.
std::unique_ptr<ByteSource> open_bytes(std::span<const std::uint8_t> bytes);

/// The AVIOContext over a ByteSource; stops at the next read once the interrupt has fired.
class AvioReader {
 public:
  AvioReader(std::unique_ptr<ByteSource> source, std::shared_ptr<Interrupt> interrupt);
  ~AvioReader();
  AvioReader(const AvioReader&) = delete;
  AvioReader& operator=(const AvioReader&) = delete;
  AVIOContext* context() const noexcept { return context_; }
  ByteSource& source() const noexcept { return *source_; }
  std::int64_t size() const noexcept { return source_->size(); }

 private:
  static int read(void* self, std::uint8_t* target, int length);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  std::unique_ptr<ByteSource> source_;
  std::shared_ptr<Interrupt> interrupt_;
  std::int64_t position_ = 0;
  AVIOContext* context_ = nullptr;
};

}  // namespace arena::video
