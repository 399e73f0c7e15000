/// The pictures in comments show what the compiler lays out: those of structs and of the region in
/// layout.hpp, those of packed words in peer_state.hpp and in LAYOUT.md.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "arenas.hpp"
#include "layout.hpp"
#include "peer_state.hpp"

using namespace arena::tests;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  Lines lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

Lines core_header(const std::string& name) {
  const std::string layout_md = ARENA_LAYOUT_MD;
  return lines_of(layout_md.substr(0, layout_md.rfind('/')) + "/native/core/" + name);
}

/// The lines of the comment above the definition of `structure`, without their slashes.
Lines comment_above(const Lines& lines, const std::string& structure) {
  Lines comment;
  for (const std::string& line : lines) {
    const bool defines =
        line.rfind("struct ", 0) == 0 && line.find(" " + structure + " {") != std::string::npos;
    if (defines) return comment;
    if (line.rfind("///", 0) == 0) {
      comment.push_back(line.substr(line.size() > 3 ? 4 : 3));
    } else {
      comment.clear();
    }
  }
  return {};
}

Lines words_in(const std::string& text) {
  std::istringstream stream(text);
  Lines words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// A field of a packed word, and the word in which that field alone has all of its bits set.
struct Bits {
  std::string name;
  std::uint64_t mask;
};

/// A word with its fields, the highest one first.
struct Word {
  std::string name;
  int size;
  std::vector<Bits> fields;
};

constexpr std::uint32_t kAll = ~0u;

template <typename Phase>
constexpr Phase all_bits() {
  return Phase{~std::uint64_t{0} >> 62};
}

std::vector<Word> packed_words() {
  constexpr PeerPhase peer_phase{7};
  constexpr Role role{3};
  const PeerState no_peer{PeerPhase::free, 0, 0, 0};
  REQUIRE(no_peer.pack() == 0);
  return {
      {"PeerState",
       64,
       {{"generation", PeerState{PeerPhase::free, 0, 0, 0xffffff}.pack()},
        {"start_low", PeerState{PeerPhase::free, 0, 0x7fff, 0}.pack()},
        {"pid", PeerState{PeerPhase::free, (1u << 22) - 1, 0, 0}.pack()},
        {"phase", PeerState{peer_phase, 0, 0, 0}.pack()}}},
      {"Member",
       32,
       {{"generation", Member{Role::none, 0xffffff}.pack()}, {"role", Member{role, 0}.pack()}}},
      {"StreamWord",
       64,
       {{"refused", StreamWord{.refused = kAll}.pack()},
        {"came", StreamWord{.came = kAll}.pack()},
        {"declared", StreamWord{.declared = true}.pack()},
        {"ended", StreamWord{.ended = true}.pack()}}},
      {"ArrivalWord",
       64,
       {{"thread", ArrivalWord{0, kAll}.pack()}, {"pid", ArrivalWord{kAll, 0}.pack()}}},
      {"LossWord",
       64,
       {{"slot", LossWord{.slot = kAll}.pack()},
        {"generation", LossWord{.generation = kAll}.pack()},
        {"turn", LossWord{.turn = kAll}.pack()},
        {"role", LossWord{.role = role}.pack()},
        {"pid", LossWord{.pid = kAll}.pack()}}},
      {"ReclaimedWord",
       64,
       {{"turn", ReclaimedWord{.turn = kAll}.pack()},
        {"leases", ReclaimedWord{.leases = kAll}.pack()},
        {"units", ReclaimedWord{.units = kAll}.pack()}}},
      {"RecordWord",
       64,
       {{"turn", RecordWord{RecordPhase::claimed, 0, 0, kAll}.pack()},
        {"span", RecordWord{RecordPhase::claimed, 0, kAll, 0}.pack()},
        {"owner", RecordWord{RecordPhase::claimed, kAll, 0, 0}.pack()},
        {"phase", RecordWord{all_bits<RecordPhase>(), 0, 0, 0}.pack()}}},
      {"OpenedWord",
       64,
       {{"turn", OpenedWord{0, kAll}.pack()},
        {"time_ms", OpenedWord{~std::uint64_t{0}, 0}.pack()}}},
      {"TakerWord",
       64,
       {{"turn", TakerWord{0, 0, kAll}.pack()},
        {"attempt", TakerWord{0, kAll, 0}.pack()},
        {"reader", TakerWord{kAll, 0, 0}.pack()}}},
      {"SegmentWord",
       64,
       {{"generation", SegmentWord{SegmentPhase::free, 0, ~std::uint64_t{0}}.pack()},
        {"owner", SegmentWord{SegmentPhase::free, kAll, 0}.pack()},
        {"phase", SegmentWord{all_bits<SegmentPhase>(), 0, 0}.pack()}}},
  };
}

/// The two lines of a picture as words: the first and last bits, and the names between bars. Bits
/// of no field are named 0.
std::pair<Lines, Lines> picture_of(const Word& word) {
  Lines ruler, names{"|"};
  int next = word.size - 1;
  const auto draw = [&](const std::string& name, int high, int low) {
    ruler.push_back(std::to_string(high));
    if (low != high) ruler.push_back(std::to_string(low));
    names.push_back(name);
    names.push_back("|");
    next = low - 1;
  };
  for (const auto& [name, mask] : word.fields) {
    const int high = 63 - std::countl_zero(mask);
    if (high != next) draw("0", next, high + 1);
    draw(name, high, std::countr_zero(mask));
  }
  return {ruler, names};
}

/// Rows `| offset | a | b : c | - |` of 8 bytes a field, or 4 bytes where a colon divides them.
std::vector<std::pair<std::string, std::size_t>> fields_in(const Lines& comment) {
  std::vector<std::pair<std::string, std::size_t>> fields;
  for (const std::string& line : comment) {
    const Lines words = words_in(line);
    if (words.size() < 3 || words[1] != "|" || words.back() != "|") continue;
    std::size_t at = std::stoul(words[0]);
    for (std::size_t i = 2; i < words.size(); ++i) {
      if (words[i] == "|") {
        at = (at / 8 + 1) * 8;
      } else if (words[i] == ":") {
        at += 4;
      } else if (words[i] != "-") {
        fields.emplace_back(words[i], at);
      }
    }
  }
  return fields;
}

#define AT(structure, name) \
  { #name, offsetof(structure, name) }

using Offsets = std::vector<std::pair<std::string, std::size_t>>;

const std::vector<std::pair<std::string, Offsets>>& drawn_structs() {
  static const std::vector<std::pair<std::string, Offsets>> all{
      {"PeerSlot",
       {AT(PeerSlot, state),
        AT(PeerSlot, start_time),
        AT(PeerSlot, doorbell_fd),
        AT(PeerSlot, doorbell_inode),
        AT(PeerSlot, lost),
        AT(PeerSlot, reclaimed_units),
        AT(PeerSlot, reclaimed_leases),
        AT(PeerSlot, ring_from),
        AT(PeerSlot, position),
        AT(PeerSlot, leases_out),
        AT(PeerSlot, waiting_since),
        AT(PeerSlot, looked_at),
        AT(PeerSlot, waits_for),
        AT(PeerSlot, asked_at),
        AT(PeerSlot, written_units),
        AT(PeerSlot, written_bytes),
        AT(PeerSlot, read_units),
        AT(PeerSlot, read_bytes),
        AT(PeerSlot, waits),
        AT(PeerSlot, waited_ns),
        AT(PeerSlot, reader_waits),
        AT(PeerSlot, reader_waited_ns)}},
      {"Cell",
       {AT(Cell, word), AT(Cell, start), AT(Cell, taker), AT(Cell, byte_length), AT(Cell, segment),
        AT(Cell, envelope_length), AT(Cell, segment_generation), AT(Cell, committed_before),
        AT(Cell, opened)}},
      {"SegmentSlot", {AT(SegmentSlot, word), AT(SegmentSlot, sequence), AT(SegmentSlot, since)}},
      {"Loss", {AT(Loss, peer), AT(Loss, reclaimed)}},
  };
  return all;
}

}  // namespace

TEST_CASE("each packed word has the bits that its picture shows") {
  const Lines header = core_header("peer_state.hpp");
  for (const Word& word : packed_words()) {
    CAPTURE(word.name);
    const Lines comment = comment_above(header, word.name);
    REQUIRE(comment.size() >= 2);
    const auto [ruler, names] = picture_of(word);
    CHECK(words_in(comment[comment.size() - 2]) == ruler);
    CHECK(words_in(comment.back()) == names);
  }
}

TEST_CASE("LAYOUT.md draws the packed words as the code does") {
  const Lines layout_md = lines_of(ARENA_LAYOUT_MD);
  const Lines header = core_header("peer_state.hpp");
  for (const Word& word : packed_words()) {
    CAPTURE(word.name);
    const Lines comment = comment_above(header, word.name);
    const auto title = std::find(layout_md.begin(), layout_md.end(), word.name);
    REQUIRE(layout_md.end() - title > 2);
    CHECK(title[1] == comment[comment.size() - 2]);
    CHECK(title[2] == comment.back());
  }
}

TEST_CASE("each struct has its fields where its picture shows them") {
  const Lines header = core_header("layout.hpp");
  for (const auto& [structure, offsets] : drawn_structs()) {
    CAPTURE(structure);
    CHECK(fields_in(comment_above(header, structure)) == offsets);
  }
}

TEST_CASE("the parts of a region follow each other as their picture shows") {
  const RegionLayout at = RegionLayout::of(fan_out_config(4));
  const Offsets parts{
      {"control", at.control},
      {"peers", at.peers},
      {"cells", at.cells},
      {"segment_slots", at.segment_slots},
      {"lease_lanes", at.lease_lanes},
      {"losses", at.losses},
      {"records", at.records},
      {"segments", at.segments},
      {"total_size", at.total_size},
  };
  Lines drawn;
  for (const std::string& line : comment_above(core_header("layout.hpp"), "RegionLayout")) {
    const Lines words = words_in(line);
    if (words.size() > 1 && words[1] == "|") drawn.push_back(words[0]);
  }
  REQUIRE(drawn.size() == parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    CHECK(drawn[i] == parts[i].first);
    if (i > 0) CHECK(parts[i].second > parts[i - 1].second);
  }
}
