#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "matroska_length.hpp"
#include "sample.hpp"

namespace arena::video {
namespace {

/// A folder of its own, removed at the end.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/arena-video-tests-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~Folder() {
    ::unlink(file("file").c_str());
    ::rmdir(path_.c_str());
  }
  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

TEST_CASE("reads a file and its bytes alike") {
  const Folder folder;
  const auto& bytes = sample_file();
  std::ofstream(folder.file("file"), std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  Demuxer demuxer(open_file(folder.file("file")), {}, std::make_shared<Interrupt>());
  demuxer.gather(kEverything);
  CHECK(packed(demuxer.take()) == packed(sample_packets()));
}

TEST_CASE("batches begin with keyframes and hold every packet once") {
  auto demuxer = demuxer_over(sample_file());
  std::vector<VideoPackets> batches;
  while (demuxer.gather(1)) batches.push_back(demuxer.take());
  REQUIRE(batches.size() == 2);
  for (const VideoPackets& batch : batches) {
    CHECK(batch.size() == 30);
    CHECK((batch.index().packets[0].flags & AV_PKT_FLAG_KEY) != 0);
  }
  CHECK(packed(VideoPackets::concat(batches)) == packed(sample_packets()));
}

TEST_CASE("gathering that is cut into slices gives the same batches") {
  auto whole = demuxer_over(sample_file());
  auto sliced = demuxer_over(sample_file());
  const TimeSlice over(TimeSlice::Clock::time_point::min());
  for (int batch = 0; batch < 3; ++batch) {
    int slices = 1;
    while (!sliced.gather_on(10, over)) ++slices;
    const auto length = whole.gather(10);
    CHECK(sliced.gathered() == length);
    if (!length) continue;
    CHECK(slices > 10);
    CHECK(packed(sliced.take()) == packed(whole.take()));
  }
}

TEST_CASE("a batch ends with the group that brings it to the packets asked for") {
  auto demuxer = demuxer_over(sample_file());
  demuxer.gather(31);
  CHECK(demuxer.take().size() == 60);
}

TEST_CASE("a batch taken into memory is what packing it would give") {
  auto demuxer = demuxer_over(sample_file());
  const auto length = demuxer.gather(kEverything);
  std::vector<std::uint8_t> target(*length);
  CHECK(demuxer.take_into(target) == *length);
  CHECK(target == packed(sample_packets()));
  CHECK_FALSE(demuxer.gather(1).has_value());
}

TEST_CASE("a batch waits until there is room for it") {
  auto demuxer = demuxer_over(sample_file());
  const auto length = demuxer.gather(1);
  std::vector<std::uint8_t> target(*length - 1);
  CHECK(failure_of([&] { demuxer.take_into(target); }) == MediaErrorKind::argument);
  CHECK(demuxer.gather(1) == length);
  CHECK(demuxer.take().size() == 30);
}

TEST_CASE("a batch is taken once, after it was gathered") {
  auto demuxer = demuxer_over(sample_file());
  std::vector<std::uint8_t> target(1 << 20);
  CHECK(failure_of([&] { demuxer.take(); }) == MediaErrorKind::state);
  demuxer.gather(1);
  demuxer.take_into(target);
  CHECK(failure_of([&] { demuxer.take_into(target); }) == MediaErrorKind::state);
  CHECK(demuxer.gather(1).has_value());
  CHECK(demuxer.take().size() == 30);
  CHECK(demuxer.empty_run().size() == 0);
}

TEST_CASE("a batch of more bytes than allowed is refused, and so is all that follows") {
  auto reference = demuxer_over(sample_file());
  const std::uint64_t length = *reference.gather(1);
  auto fits = demuxer_over(sample_file(), {.max_batch_bytes = length});
  CHECK(fits.gather(1) == length);
  auto demuxer = demuxer_over(sample_file(), {.max_batch_bytes = length - 1});
  CHECK(failure_of([&] { demuxer.gather(1); }) == MediaErrorKind::too_large);
  CHECK(failure_of([&] { demuxer.gather(1); }) == MediaErrorKind::too_large);
  CHECK(failure_of([&] { demuxer.take(); }) == MediaErrorKind::state);
}

TEST_CASE("pictures of more pixels than allowed are refused") {
  CHECK(failure_of([] { demuxer_over(sample_file(), {.max_pixels = 96 * 64 - 1}); }) ==
        MediaErrorKind::too_large);
  CHECK(demuxer_over(sample_file(), {.max_pixels = 96 * 64}).gather(1).has_value());
}

TEST_CASE("a window takes the groups of pictures that it lies in") {
  const auto packets_in = [](double start, double end) {
    auto demuxer = demuxer_over(sample_file(), {.window_start = start, .window_end = end});
    return demuxer.gather(kEverything) ? demuxer.take() : demuxer.empty_run();
  };
  CHECK(packets_in(0, 0.5).size() == 15);
  const VideoPackets late = packets_in(1.5, 9);
  CHECK(late.size() == 30);
  CHECK(late.index().stream.window_start == 1.5);
  CHECK(packets_in(0.9, 1.1).size() == 33);
  CHECK(packets_in(5, 6).size() == 0);
  CHECK(packets_in(-2, -1).size() == 0);
}

TEST_CASE("what is no media file is refused") {
  CHECK(failure_of([] { demuxer_over({}); }) == MediaErrorKind::media);
  const std::vector<std::uint8_t> zeros(100'000);
  CHECK(failure_of([&] { demuxer_over(zeros); }) == MediaErrorKind::media);
  CHECK(failure_of([] { open_file("/nonexistent/file"); }) == MediaErrorKind::system);
  CHECK(failure_of([] { open_file("/tmp"); }) == MediaErrorKind::media);
}

TEST_CASE("a FIFO without a writer is refused and does not block") {
  const Folder folder;
  REQUIRE(::mkfifo(folder.file("file").c_str(), 0600) == 0);
  CHECK(failure_of([&] { open_file(folder.file("file")); }) == MediaErrorKind::media);
}

TEST_CASE("a source that names other files opens none of them") {
  const Folder folder;
  const auto& bytes = sample_file();
  std::ofstream(folder.file("file"), std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  const std::string other = "file://" + folder.file("file");
  const std::string playlists[] = {
      "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n" + other + "\n#EXT-X-ENDLIST\n",
      "ffconcat version 1.0\nfile " + other + "\n",
      "ffconcat version 1.0\nfile file\n",
  };
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.file(""));
  for (const std::string& playlist : playlists) {
    const std::vector<std::uint8_t> source(playlist.begin(), playlist.end());
    CHECK(failure_of([&] { demuxer_over(source); }) == MediaErrorKind::media);
  }
  std::filesystem::current_path(before);
}

TEST_CASE("a stream that is not there is refused") {
  CHECK(failure_of([] { demuxer_over(sample_file(), {.stream = 1}); }) == MediaErrorKind::media);
  CHECK(failure_of([] { demuxer_over(sample_file(), {.stream = -1}); }) == MediaErrorKind::media);
}

TEST_CASE("the error says why") {
  std::string message;
  try {
    const std::vector<std::uint8_t> half(sample_file().begin(), sample_file().begin() + 20'000);
    demuxer_over(half);
  } catch (const MediaError& error) {
    message = error.what();
  }
  CHECK(message.find("moov atom not found") != std::string::npos);
}

TEST_CASE("after the interrupt every call says so") {
  auto interrupt = std::make_shared<Interrupt>();
  Demuxer demuxer(open_bytes(sample_file()), {}, interrupt);
  interrupt->fire();
  CHECK(failure_of([&] { demuxer.gather(1); }) == MediaErrorKind::interrupted);
  CHECK(failure_of([&] { Demuxer(open_bytes(sample_file()), {}, interrupt); }) ==
        MediaErrorKind::interrupted);
}

std::optional<std::int64_t> matroska_end_of(std::vector<std::uint8_t> bytes) {
  bytes.resize(64);
  return matroska_end(*open_bytes(bytes));
}

TEST_CASE("a Matroska file says where it ends, unless it was written without knowing") {
  const std::vector<std::uint8_t> header{0x1a, 0x45, 0xdf, 0xa3, 0x82, 0, 0};
  const auto with = [&](std::vector<std::uint8_t> segment) {
    segment.insert(segment.begin(), header.begin(), header.end());
    return segment;
  };
  CHECK(matroska_end_of(with({0x18, 0x53, 0x80, 0x67, 0x85})) == 12 + 5);
  CHECK(matroska_end_of(with({0x18, 0x53, 0x80, 0x67, 0x01, 0, 0, 0, 0, 1, 0, 2})) == 19 + 65538);
  CHECK_FALSE(matroska_end_of(with({0x18, 0x53, 0x80, 0x67, 0xff})));
  CHECK_FALSE(matroska_end_of(
      with({0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})));
  CHECK_FALSE(matroska_end_of(with({0x18, 0x53, 0x80, 0x67, 0x00})));
  CHECK_FALSE(matroska_end_of(with({0, 0, 0, 1})));
  CHECK_FALSE(matroska_end_of({0x1a, 0x45, 0xdf, 0xa3, 0x01, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff}));
  CHECK_FALSE(matroska_end(*open_bytes({})));
}

}  // namespace
}  // namespace arena::video
