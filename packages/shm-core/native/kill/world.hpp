/// The survivors of one experiment, and what they must find.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "arenas.hpp"
#include "traffic.hpp"

namespace arena::tests {

/// What a survivor found that must not be.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void demand(bool holds, const std::string& otherwise) {
  if (!holds) throw Violation(otherwise);
}

/// How often a unit has to reach the surviving reader.
struct Times {
  int least;
  int most;
};
inline constexpr Times kNever{0, 0}, kOnce{1, 1}, kMaybe{0, 1};

/// The stamps of units that the stepped child writes say writer 1, those of survivors 0, and those
/// of a third process that died before 2, and those of the one that took its place 3.
inline constexpr std::uint32_t kSurvivor = 0, kChild = 1, kThird = 2, kSuccessor = 3;

/// A peer that died without leaving: pid and role.
using Death = std::pair<std::uint32_t, Role>;

/// One writer and one reader that live on.
class World {
 public:
  explicit World(const RegionConfig& config);

  const std::shared_ptr<Region>& region() const noexcept { return region_; }
  Attachment& arena() noexcept { return *arena_; }
  Writer& writer() noexcept { return *writer_; }
  Reader& reader() noexcept { return *reader_; }
  std::uint64_t unit_bytes() const noexcept;

  /// Writes a unit that has to be read once; false when there is no space.
  bool try_write();
  /// Reads all that is there now.
  void read_all();
  /// Enough units, each read, that every cell has been used before.
  void go_round();
  void expect(Stamp stamp, Times times) { expected_[stamp.writer][stamp.number] = times; }
  /// Nobody reads any more, until the reader is opened anew. From then on it misses nothing.
  void close_reader();
  void open_reader();
  /// Another writer takes the dead one's slot and has units open until the audit.
  void open_as_successor();
  /// Another reader comes, which reads nothing before the audit and then misses nothing.
  void open_second_reader();
  /// As if survivors slept and were armed, so that a notify has something to do.
  void pretend_to_wait();
  /// Its reader asks for a ring at so many units.
  void ask_for(std::uint64_t units) { (void)reader_->arm(units); }
  /// Looks for dead peers, recovers what they held, and notes whom it is told of.
  void look_after_peers();
  /// This process has ended: each of its peers that did not leave has to be told of once.
  void expect_losses_of(pid_t pid);
  /// Overwriting may take what has not been read from the reader.
  void allow_losses() { losses_ = true; }

  /// What survivors do while nothing is known of the child: they neither hang nor fail.
  void carry_on(int rounds);
  /// Twice round the cells, so that every one that the child may have looked at is another record's
  /// by now, and the last three unread: what a delayed child does to them is seen.
  void overtake();
  /// The child is gone: everything of it comes back, and the arena does all that it did.
  void audit();

 private:
  void check_successor();
  void check_second_reader();
  void check_peers_are_gone();
  void check_losses();
  void check_ledger();
  void check_units_flow();
  void check_all_space_serves();
  void check_all_slots_serve();
  void wake_up_works();
  std::uint64_t fill_up();

  RegionConfig config_;
  std::shared_ptr<Region> region_;
  std::shared_ptr<Attachment> arena_;
  /// Looks for the first time in the audit, when others have recovered everything.
  std::shared_ptr<Attachment> bystander_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Reader> reader_, second_reader_;
  std::unique_ptr<Writer> successor_;
  std::vector<OpenUnit> opened_;
  std::uint32_t next_ = 0;
  bool losses_ = false;
  /// Of a reader that was opened anew: it sees what is kept, and from there on every unit.
  bool gapless_ = false;
  std::optional<std::uint32_t> last_;
  std::vector<Death> expected_losses_, told_losses_;
  std::map<std::uint32_t, std::map<std::uint32_t, Times>> expected_;
  std::map<std::uint32_t, std::map<std::uint32_t, int>> seen_;
};

}  // namespace arena::tests
