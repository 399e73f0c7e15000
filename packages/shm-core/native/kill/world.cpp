#include "world.hpp"

#include <algorithm>
#include <vector>

#include "coarse_clock.hpp"

namespace arena::tests {
namespace {

std::string name_of(std::uint32_t writer, std::uint32_t number) {
  static const char* const who[] = {"a survivor's", "the child's", "the third process's",
                                    "the successor's"};
  return std::string(writer < 4 ? who[writer] : "nobody's") + " unit " + std::to_string(number);
}

/// Number of units that fit into a new arena of this configuration.
std::uint64_t room_of(const RegionConfig& config, std::uint64_t byte_length) {
  static std::map<std::string, std::uint64_t> known;
  const std::string key(reinterpret_cast<const char*>(&config), sizeof config);
  if (const auto found = known.find(key); found != known.end()) return found->second;
  Writer writer(create_arena(config));
  std::uint64_t room = 0;
  while (try_write(writer, {0, 0}, byte_length) == Status::ok) ++room;
  return known[key] = room;
}

void note(const std::vector<LostPeer>& lost, std::vector<Death>& deaths) {
  for (const LostPeer& peer : lost) deaths.emplace_back(peer.pid, peer.role);
}

std::string count(const std::vector<Death>& deaths) {
  return std::to_string(deaths.size()) + (deaths.size() == 1 ? " loss" : " losses");
}

}  // namespace

void age_held_units(Attachment& arena) {
  RecordQueue& queue = arena.queue();
  const std::uint64_t timeout = arena.region().config().unit_timeout_ms;
  const std::uint64_t end = queue.tail();
  for (std::uint64_t sequence = queue.first_kept(end); sequence < end; ++sequence) {
    const auto word = queue.word_of(sequence);
    if (!word || word->phase != RecordPhase::held) continue;
    const OpenedWord opened{coarse_ms() - timeout - 1000, word->turn};
    queue.cell(sequence).opened.store(opened.pack());
  }
}

World::World(const RegionConfig& config)
    : config_(config),
      region_(create_region(config)),
      arena_(attach(region_)),
      bystander_(attach(region_)),
      writer_(std::make_unique<Writer>(arena_)),
      reader_(core::open_reader(arena_, From::oldest)) {}

std::uint64_t World::unit_bytes() const noexcept { return config_.kind == Kind::pool ? 200 : 600; }

std::uint64_t World::held_bytes() const noexcept {
  return config_.kind == Kind::pool ? 0 : unit_bytes();
}

bool World::try_write() {
  // Every third unit has no bytes: in a pool such a unit lies in the queue.
  return try_write(next_ % 3 == 2 ? 0 : unit_bytes());
}

bool World::try_write(std::uint64_t byte_length) {
  const Status status = tests::try_write(*writer_, {kSurvivor, next_}, byte_length);
  demand(status == Status::ok || status == Status::full, "a survivor's write failed");
  if (status == Status::ok) expect({kSurvivor, next_++}, kOnce);
  return status == Status::ok;
}

void World::read_all() {
  if (reader_->closed()) return;
  for (Received received;;) {
    const Status status = try_read(*reader_, received);
    if (status == Status::lapped && config_.when_full == WhenFull::overwrite) continue;
    demand(status == Status::ok || status == Status::empty, "a survivor's read failed");
    if (status == Status::empty) return;
    const auto& [writer, number] = received.stamp;
    demand(received.intact, name_of(writer, number) + " is torn");
    demand(expected_[writer].count(number) > 0, name_of(writer, number) + " was never committed");
    ++seen_[writer][number];
    if (writer != kSurvivor) continue;
    demand(!gapless_ || !last_ || number == *last_ + 1,
           name_of(writer, number) + " comes too early");
    last_ = number;
  }
}

void World::go_round() {
  for (std::uint32_t i = 0; i < config_.cell_count + 3; ++i) {
    demand(try_write(), "an arena that is read runs full");
    read_all();
  }
}

void World::close_reader() {
  reader_->close();
  losses_ = true;
}

void World::open_reader() {
  last_.reset();
  reader_ = core::open_reader(arena_, From::oldest);
  // A new reader reads all units that are kept.
  seen_.clear();
  gapless_ = config_.when_full != WhenFull::overwrite;
}

void World::open_as_successor() {
  successor_ = std::make_unique<Writer>(arena_);
  for (const std::uint64_t byte_length : {unit_bytes(), std::uint64_t{0}}) {
    const auto number = static_cast<std::uint32_t>(opened_.size());
    OpenUnit unit;
    demand(try_open(*successor_, {kSuccessor, number}, byte_length, unit) == Status::ok,
           "a successor cannot open a unit");
    opened_.push_back(unit);
    expect({kSuccessor, number}, kOnce);
  }
}

void World::check_successor() {
  if (!successor_) return;
  demand(arena_->peers().members(Role::writer) >= 2, "a successor does not count as a writer");
  for (std::uint32_t number = 0; number < opened_.size(); ++number) {
    demand(commit(*successor_, {kSuccessor, number}, opened_[number]) == Status::ok,
           "a successor cannot commit");
  }
  read_all();
  successor_->close();
}

void World::open_second_reader() { second_reader_ = core::open_reader(arena_, From::oldest); }

void World::check_second_reader() {
  if (!second_reader_) return;
  std::optional<std::uint32_t> last;
  for (Received received;;) {
    const Status status = try_read(*second_reader_, received);
    if (status == Status::lapped && config_.when_full == WhenFull::overwrite) {
      last.reset();
      continue;
    }
    if (status == Status::empty) break;
    demand(status == Status::ok, "a second reader cannot read");
    demand(received.intact, "a second reader sees a torn unit");
    if (received.stamp.writer != kSurvivor) continue;
    demand(!last || received.stamp.number == *last + 1, "a second reader misses a unit");
    last = received.stamp.number;
  }
  second_reader_->close();
}

void World::hold_unit() {
  held_number_ = next_++;
  demand(try_open(*writer_, {kSurvivor, held_number_}, held_bytes(), held_) == Status::ok,
         "a survivor cannot open a unit");
  expect({kSurvivor, held_number_}, kNever);
}

bool World::commit_held_unit() {
  const Status status = commit(*writer_, {kSurvivor, held_number_}, held_);
  demand(status == Status::ok || status == Status::unit_ended, "a survivor cannot commit");
  if (status == Status::ok) expect({kSurvivor, held_number_}, kOnce);
  return status == Status::unit_ended;
}

void World::end_held_units() {
  age_held_units(*arena_);
  RecordQueue& queue = arena_->queue();
  const std::uint64_t end = queue.tail();
  std::vector<std::uint64_t> held;
  for (std::uint64_t sequence = queue.first_kept(end); sequence < end; ++sequence) {
    const auto word = queue.word_of(sequence);
    if (word && word->phase == RecordPhase::held) held.push_back(sequence);
  }
  look_after_peers();
  for (const std::uint64_t sequence : held) {
    const auto word = queue.word_of(sequence);
    demand(!word || !word->open(), "a unit that is overdue is not ended");
  }
  ended_ = ended_ || !held.empty();
}

void World::reuse_all_room() {
  RecordQueue& queue = arena_->queue();
  const std::uint64_t from = queue.first_unfinished(queue.oldest());
  carry_on(static_cast<int>(2 * config_.cell_count));
  for (std::uint32_t i = 0; i < config_.cell_count; ++i) {
    if (queue.tail() % config_.cell_count == from % config_.cell_count) break;
    carry_on(1);
  }
  if (config_.when_full == WhenFull::overwrite) allow_losses();
  for (std::uint32_t i = 0; i < config_.cell_count && try_write(held_bytes()); ++i) {
  }
}

void World::pretend_to_wait() {
  for (InterprocessCondition* condition : {&arena_->readable(), &arena_->writable()}) {
    condition->arm(writer_->peer().index);
    condition->arm(reader_->peer().index);
  }
  region_->control().readable.event.fetch_or(1);
  region_->control().writable.event.fetch_or(1);
}

void World::carry_on(int rounds) {
  for (int round = 0; round < rounds; ++round) {
    try_write();
    read_all();
    arena_->wake_everybody();
  }
}

void World::overtake() {
  carry_on(static_cast<int>(2 * config_.cell_count) - 1);
  for (int i = 0; i < 3; ++i) try_write();
}

void World::audit() {
  if (reader_->closed()) open_reader();
  check_successor();
  check_second_reader();
  check_peers_are_gone();
  check_losses();
  // Write before reading: this overwrites every byte that was freed too early.
  if (config_.when_full != WhenFull::overwrite) {
    while (try_write()) {
    }
  }
  read_all();
  check_ledger();
  check_units_flow();
  check_all_space_serves();
  check_all_slots_serve();
  wake_up_works();
}

void World::look_after_peers() { note(arena_->check_peers(), told_losses_); }

void World::expect_losses_of(pid_t pid) {
  const PeerTable& peers = arena_->peers();
  for (std::uint32_t index = 0; index < peers.limit(); ++index) {
    const PeerState state = peers.state(index);
    if (state.pid != static_cast<std::uint32_t>(pid)) continue;
    const Role role = peers.role(index, state.generation);
    const bool live = state.phase == PeerPhase::live, joining = state.phase == PeerPhase::joining;
    // A reader that has closed stays without a role while it holds leases.
    if (live && role == Role::none) expected_losses_.emplace_back(state.pid, Role::reader);
    if (!live && !joining) continue;
    const Role told = role == Role::closed_writer ? Role::writer : role;
    if (told != Role::none) expected_losses_.emplace_back(state.pid, told);
  }
}

void World::check_losses() {
  std::vector<Death> told_bystander;
  note(bystander_->check_peers(), told_bystander);
  for (std::vector<Death>* deaths : {&expected_losses_, &told_losses_, &told_bystander}) {
    std::sort(deaths->begin(), deaths->end());
  }
  demand(told_losses_ == expected_losses_, "a survivor was told of " + count(told_losses_) +
                                               " instead of " + count(expected_losses_));
  demand(told_bystander == expected_losses_, "one that only looks was told of " +
                                                 count(told_bystander) + " instead of " +
                                                 count(expected_losses_));
}

void World::check_peers_are_gone() {
  look_after_peers();
  demand(arena_->peers().members(Role::writer) == 1, "a dead writer still counts");
  demand(arena_->peers().members(Role::reader) == 1, "a dead reader still counts");
}

void World::check_ledger() {
  for (const auto& [writer, units] : expected_) {
    for (const auto& [number, times] : units) {
      const int seen = seen_[writer][number];
      const int least = losses_ ? 0 : times.least;
      demand(seen >= least, name_of(writer, number) + " is lost");
      demand(seen <= times.most, name_of(writer, number) + " was seen " + std::to_string(seen) +
                                     " times, at most " + std::to_string(times.most) + " expected");
    }
  }
}

void World::check_units_flow() {
  for (std::uint32_t i = 0; i < config_.cell_count + 5; ++i) {
    const std::uint32_t number = next_;
    demand(try_write(), "there is no space in an arena where everything is read");
    read_all();
    demand(losses_ || seen_[kSurvivor][number] == 1, "a unit does not come through afterwards");
  }
}

std::uint64_t World::fill_up() {
  std::uint64_t written = 0;
  const std::uint64_t enough = 4 * config_.cell_count;
  for (; written < enough; ++written) {
    const Stamp stamp{kSurvivor, next_};
    if (tests::try_write(*writer_, stamp, unit_bytes()) != Status::ok) break;
    expect({kSurvivor, next_++}, kOnce);
  }
  return written;
}

void World::check_all_space_serves() {
  if (config_.when_full == WhenFull::overwrite) {
    losses_ = true;
    demand(fill_up() == 4 * config_.cell_count, "an overwriting writer was refused");
    read_all();
    return;
  }
  const std::uint64_t room = room_of(config_, unit_bytes());
  for (int round = 0; round < 3; ++round) {
    const std::uint64_t written = fill_up();
    demand(written == room, "only " + std::to_string(written) + " of " + std::to_string(room) +
                                " units fit into the empty arena");
    read_all();
  }
  demand(arena_->segments().free_count() == config_.segment_count, "a segment does not come back");
  demand(arena_->stats().leases_out == 0, "a lease is left over");
  check_ledger();
}

void World::check_all_slots_serve() {
  std::vector<Peer> peers;
  for (std::uint32_t i = 2; i < config_.peer_count; ++i) {
    // join() throws when no slot is free.
    peers.push_back(arena_->join(Role::writer));
  }
  for (const Peer& peer : peers) {
    demand(arena_->peers().begin_leaving(peer), "a fresh peer cannot leave");
    arena_->peers().strike(peer);
    arena_->peers().free(peer);
  }
}

/// A sleeping thread is woken, even when the child has left its bits behind.
void World::wake_up_works() {
  demand(reader_->wait(after_ms(0)) == Status::timed_out, "an empty arena says that it is not");
  demand(try_write(), "no space for the last unit");
  demand(reader_->wait(soon()) == Status::ok, "a reader is not told of a unit");
  read_all();
  const Placement placement = writer_->placement(unit_bytes(), sizeof(Stamp));
  demand(writer_->wait(placement, soon()) == Status::ok, "a writer is not told of space");
  writer_->close();
  demand(reader_->wait(soon()) == Status::ok, "a reader is not told of the end");
  Received received;
  demand(try_read(*reader_, received) == Status::ended, "the stream does not end");
  reader_->close();
}

}  // namespace arena::tests
