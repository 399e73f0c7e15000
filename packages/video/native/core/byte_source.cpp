#include "byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace arena::video {
namespace {

constexpr int kAvioBufferBytes = 64 * 1024;

class FileSource final : public ByteSource {
 public:
  explicit FileSource(int descriptor) : descriptor_(descriptor) {}
  ~FileSource() override { ::close(descriptor_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  void set_size(std::int64_t size) noexcept { size_ = size; }
  std::int64_t size() const noexcept override { return size_; }
  int read_at(std::int64_t position, std::uint8_t* target, int length) noexcept override {
    ssize_t got = 0;
    do {
      got = ::pread(descriptor_, target, static_cast<std::size_t>(length), position);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? AVERROR(errno) : static_cast<int>(got);
  }

 private:
  int descriptor_;
  std::int64_t size_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::int64_t size() const noexcept override { return static_cast<std::int64_t>(bytes_.size()); }
  int read_at(std::int64_t position, std::uint8_t* target, int length) noexcept override {
    const std::int64_t available = std::max<std::int64_t>(0, size() - position);
    const auto count = static_cast<int>(std::min<std::int64_t>(available, length));
    if (count > 0) std::memcpy(target, bytes_.data() + position, static_cast<std::size_t>(count));
    return count;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

[[noreturn]] void throw_system(const std::string& path, const char* call) {
  throw MediaError(MediaErrorKind::system, path + ": " + call + ": " + std::strerror(errno));
}

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::string& path) {
  // O_NONBLOCK lets the opening of a FIFO return, so that the check below can refuse it.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw_system(path, "open");
  auto source = std::make_unique<FileSource>(descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw_system(path, "fstat");
  if (S_ISDIR(status.st_mode)) {
    throw MediaError(MediaErrorKind::media, path + " is a folder. Pass a file in it.");
  }
  if (!S_ISREG(status.st_mode)) {
    throw MediaError(MediaErrorKind::media,
                     path + " is not a regular file. Read it first, and pass its bytes.");
  }
  source->set_size(status.st_size);
  return source;
}

std::unique_ptr<ByteSource> open_bytes(std::span<const std::uint8_t> bytes) {
  return std::make_unique<MemorySource>(bytes);
}

AvioReader::AvioReader(std::unique_ptr<ByteSource> source, std::shared_ptr<Interrupt> interrupt)
    : source_(std::move(source)), interrupt_(std::move(interrupt)) {
  auto* buffer = static_cast<unsigned char*>(av_malloc(kAvioBufferBytes));
  if (buffer != nullptr) {
    context_ = avio_alloc_context(buffer, kAvioBufferBytes, 0, this, &read, nullptr, &seek);
  }
  if (context_ == nullptr) {
    av_free(buffer);
    throw MediaError(MediaErrorKind::out_of_memory, "libav: out of memory");
  }
}

AvioReader::~AvioReader() {
  av_freep(&context_->buffer);
  avio_context_free(&context_);
}

int AvioReader::read(void* self, std::uint8_t* target, int length) {
  auto& reader = *static_cast<AvioReader*>(self);
  if (reader.interrupt_->fired()) return AVERROR_EXIT;
  const int got = reader.source_->read_at(reader.position_, target, length);
  if (got > 0) reader.position_ += got;
  return got == 0 ? AVERROR_EOF : got;
}

std::int64_t AvioReader::seek(void* self, std::int64_t offset, int whence) {
  auto& reader = *static_cast<AvioReader*>(self);
  const std::int64_t size = reader.source_->size();
  std::int64_t target = 0;
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return size;
    case SEEK_SET:
      target = offset;
      break;
    case SEEK_CUR:
      if (__builtin_add_overflow(reader.position_, offset, &target)) return AVERROR(EINVAL);
      break;
    case SEEK_END:
      if (__builtin_add_overflow(size, offset, &target)) return AVERROR(EINVAL);
      break;
    default:
      return AVERROR(EINVAL);
  }
  // Positions beyond the end are allowed: with them, some demuxers report a file that was cut off
  // instead of its end.
  if (target < 0 || target > size) return AVERROR(EINVAL);
  return reader.position_ = target;
}

}  // namespace arena::video
