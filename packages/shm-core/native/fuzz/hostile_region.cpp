#include "hostile_region.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <span>

#include "copy.hpp"
#include "recovery.hpp"

namespace arena::fuzz {

using namespace arena::core;  // NOLINT: as the tests do

namespace {

constexpr std::size_t kEndpoints = 2;
/// More steps reach no further code.
constexpr int kMostSteps = 64;

RegionConfig config_from(Kind kind, Input& input) {
  const auto choice = input.take<std::uint8_t>();
  RegionConfig config{};
  config.kind = kind;
  config.capacity = kPageSize;
  config.granule_shift = 6;
  config.peer_count = 6;
  config.when_full = static_cast<WhenFull>(choice % 3);
  config.cell_count = 8;
  if (kind == Kind::ring) return config;
  config.broadcast = choice >> 2 & 1;
  if (config.broadcast == 0) config.when_full = WhenFull::wait;
  config.segment_count = 3;
  config.segment_size = 200;
  config.envelope_bytes = 64;
  return config;
}

/// Reads every byte of the view, as callers do. The view's lengths must fit the arena.
void read_all(const Region& region, const RecordView& view) {
  const RegionConfig& config = region.config();
  if (view.byte_length > std::max(config.capacity, config.segment_size)) std::abort();
  std::vector<std::byte> copy(view.byte_length + view.envelope_length);
  copy_contested(copy.data(), view.bytes, view.byte_length);
  copy_contested(copy.data() + view.byte_length, view.envelope, view.envelope_length);
}

}  // namespace

HostileRegion::HostileRegion(Kind kind, Input& input)
    : region_(Region::create({config_from(kind, input), "", false})),
      arena_(std::make_shared<Attachment>(region_)) {
  for (std::size_t i = 0; i < kEndpoints; ++i) {
    writers_.push_back(std::make_unique<Writer>(arena_));
    readers_.push_back(open_reader(arena_, From::oldest));
  }
}

HostileRegion::~HostileRegion() {
  for (auto& reader : readers_) reader->close();
}

void HostileRegion::play(Input& input) {
  for (int step = 0; step < kMostSteps && !input.ended(); ++step) {
    if (input.take<std::uint8_t>() % 3 == 0) mutate(input);
    try {
      act(input);
    } catch (const ArenaFailure&) {
      // Clear the poison, so that the fuzzer also reaches the code behind it.
      region_->control().poisoned.store(0);
    }
  }
}

/// Changes one word of the shared bytes. Words that decide something are chosen more often.
void HostileRegion::mutate(Input& input) {
  const RegionLayout& layout = region_->layout();
  const std::array<std::pair<std::uint64_t, std::uint64_t>, 6> parts{{
      {layout.control, layout.control + sizeof(Control)},
      {layout.control, layout.control + 384},
      {layout.peers, layout.cells},
      {layout.cells, layout.segment_slots},
      {layout.segment_slots, layout.records},
      {layout.records, layout.segments},
  }};
  const auto [from, to] = parts[input.take<std::uint8_t>() % parts.size()];
  if (to - from < 8) return;
  const std::uint64_t at = from + input.below((to - from) / 8) * 8;
  auto* const base = reinterpret_cast<std::byte*>(&region_->control()) - layout.control;
  auto& word = *reinterpret_cast<std::atomic<std::uint64_t>*>(base + at);
  word.store(word_for(word.load(), input));
}

std::uint64_t HostileRegion::word_for(std::uint64_t found, Input& input) {
  switch (input.take<std::uint8_t>() % 6) {
    case 0:
      return input.take<std::uint64_t>();
    case 1:
      return found ^ std::uint64_t{1} << input.take<std::uint8_t>() % 64;
    case 2:
      return found + static_cast<std::int8_t>(input.take<std::uint8_t>());
    case 3:
      // Changes the fields above the low bits: a turn, a span, a generation.
      return found + (std::uint64_t{input.take<std::uint8_t>()} << input.take<std::uint8_t>() % 57);
    case 4:
      return ~std::uint64_t{0};
    default:
      return 0;
  }
}

void HostileRegion::act(Input& input) {
  const auto choice = input.take<std::uint8_t>();
  Writer& writer = *writers_[choice % kEndpoints];
  Reader& reader = *readers_[choice % kEndpoints];
  switch (choice / kEndpoints % 8) {
    case 0:
    case 1:
      return write(writer, input);
    case 2:
    case 3:
      return read(reader, input);
    case 4:
      (void)arena_->stats();
      (void)writer.free_room();
      (void)arena_->queue().slowest_reader();
      if (auto* const broadcast = dynamic_cast<BroadcastReader*>(&reader)) {
        (void)broadcast->lag();
        broadcast->sync_to_newest();
      }
      return;
    case 5:
      (void)arena_->check_peers();
      return recover(*arena_, {input.take<std::uint8_t>() % region_->config().peer_count,
                               arena_->peers().state(choice % region_->config().peer_count),
                               choice % 3 == 0 ? Role::writer : Role::reader});
    case 6: {
      // Both check everything that a wait checks, and neither sleeps.
      (void)writer.wait(writer.placement(input.below(300), 0), Clock::now());
      (void)reader.wait(Clock::now());
      (void)writer.arm(writer.placement(input.below(300), 0));
      (void)reader.arm();
      writer.disarm();
      return reader.disarm();
    }
    default:
      return leave_and_join(input);
  }
}

void HostileRegion::write(Writer& writer, Input& input) {
  const std::uint64_t byte_length = input.below(region_->config().kind == Kind::ring ? 2000 : 250);
  const std::array<std::byte, 24> envelope{};
  if (input.take<std::uint8_t>() % 4 == 0) {
    const std::vector<std::byte> bytes(byte_length);
    (void)writer.try_write(bytes, std::span(envelope).first(byte_length % 24), Writer::kToQueue);
    return;
  }
  OpenUnit unit;
  if (writer.try_acquire(byte_length, envelope, unit) != Status::ok) return;
  std::memset(unit.bytes, 0x5a, unit.byte_length);
  // The unit stays open during later steps, and is ended then.
  open_.push_back(unit);
  if (input.take<std::uint8_t>() % 2 == 0) return;
  const OpenUnit oldest = open_.front();
  open_.erase(open_.begin());
  OpenUnit ending = oldest;
  if (byte_length % 5 == 0) return writer.abort(ending);
  if (writer.commit(ending, ending.byte_length) == Status::full) writer.abort(ending);
}

void HostileRegion::read(Reader& reader, Input& input) {
  TakenUnit unit;
  if (reader.take(unit) != Status::ok) return;
  // Change memory between the check and the use.
  if (input.take<std::uint8_t>() % 2 == 0) mutate(input);
  read_all(*region_, unit.view);
  switch (input.take<std::uint8_t>() % 4) {
    case 0:
      return reader.give_back(unit);
    case 1:
      return;
    default:
      if (!reader.finish(unit)) return;
      leases_.push_back(unit);
      if (leases_.size() < 3) return;
      reader.release(leases_.front());
      leases_.erase(leases_.begin());
  }
}

void HostileRegion::leave_and_join(Input& input) {
  const std::size_t index = input.below(kEndpoints);
  const std::shared_ptr<Attachment> other = std::make_shared<Attachment>(region_);
  if (input.take<std::uint8_t>() % 2 == 0) {
    writers_[index]->close();
    writers_[index] = std::make_unique<Writer>(other);
    // The units of the closed writer are gone with it, as in the binding.
    open_.clear();
  } else {
    leases_.clear();
    readers_[index]->close();
    readers_[index] = open_reader(other, static_cast<From>(index % 3));
  }
}

}  // namespace arena::fuzz
