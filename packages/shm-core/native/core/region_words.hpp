/// Reads the words of a region for diagnosis. Reads each word once, and writes none.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "layout.hpp"
#include "peer_state.hpp"

namespace arena::core {

class RegionWords {
 public:
  /// `base` points to the beginning of a region. The bytes up to the record area are readable.
  RegionWords(const RegionConfig& config, const std::byte* base)
      : config(config), layout_(RegionLayout::of(config)), base_(base) {}

  template <typename T>
  static T read(const std::atomic<T>& word) noexcept {
    // SYNC: acquire; a later read is at least as new.
    return word.load(std::memory_order_acquire);
  }

  const Control& control() const noexcept { return at<Control>(layout_.control, 0); }
  const PeerSlot& peer(std::uint32_t index) const noexcept {
    return at<PeerSlot>(layout_.peers, index);
  }
  const Cell& cell(std::uint64_t sequence) const noexcept {
    return at<Cell>(layout_.cells, sequence % config.cell_count);
  }
  const SegmentSlot& segment(std::uint32_t index) const noexcept {
    return at<SegmentSlot>(layout_.segment_slots, index);
  }
  bool has_lane(std::uint32_t segment, std::uint32_t peer) const noexcept {
    const std::uint64_t index = std::uint64_t{segment} * config.peer_count + peer;
    return read(at<LeaseLane>(layout_.lease_lanes, index)) != 0;
  }

  /// The record at `sequence`, if its cell describes that record now.
  std::optional<RecordWord> record(std::uint64_t sequence) const noexcept {
    const RecordWord word = RecordWord::unpack(read(cell(sequence).word));
    const auto turn = static_cast<std::uint32_t>(sequence / config.cell_count + 1);
    return word.turn == turn ? std::optional(word) : std::nullopt;
  }
  std::uint32_t peer_limit() const noexcept {
    return std::min(read(control().peer_limit), config.peer_count);
  }

  bool broadcast() const noexcept { return config.kind == Kind::ring || config.broadcast != 0; }
  bool overwrite() const noexcept { return config.when_full == WhenFull::overwrite; }

  const RegionConfig& config;

 private:
  template <typename T>
  const T& at(std::uint64_t offset, std::uint64_t index) const noexcept {
    return *reinterpret_cast<const T*>(base_ + offset + index * sizeof(T));
  }

  const RegionLayout layout_;
  const std::byte* const base_;
};

}  // namespace arena::core
