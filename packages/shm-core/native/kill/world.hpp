/// The survivors of one experiment, and their checks.
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

/// A fault that a survivor has found.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void demand(bool holds, const std::string& otherwise) {
  if (!holds) throw Violation(otherwise);
}

/// How often a unit must reach the surviving reader.
struct Times {
  int least;
  int most;
};
inline constexpr Times kNever{0, 0}, kOnce{1, 1}, kMaybe{0, 1};

/// The writer in the stamp of a unit: a survivor, the stepped child, a third process that has died,
/// or the process that took the place of the third one.
inline constexpr std::uint32_t kSurvivor = 0, kChild = 1, kThird = 2, kSuccessor = 3;

/// A peer that died without leaving: pid and role.
using Death = std::pair<std::uint32_t, Role>;

/// Stamps every held unit as open for longer than the unit timeout.
void age_held_units(Attachment& arena);

/// The surviving writer and reader.
class World {
 public:
  explicit World(const RegionConfig& config);

  const std::shared_ptr<Region>& region() const noexcept { return region_; }
  Attachment& arena() noexcept { return *arena_; }
  Writer& writer() noexcept { return *writer_; }
  Reader& reader() noexcept { return *reader_; }
  std::uint64_t unit_bytes() const noexcept;
  /// Bytes of a unit that a unit timeout makes held. In a pool such a unit has no segment.
  std::uint64_t held_bytes() const noexcept;

  /// Writes a unit that must be read once. False when there is no space.
  bool try_write();
  /// Reads all units that are there now.
  void read_all();
  /// Writes and reads so many units that every cell has been used.
  void go_round();
  void expect(Stamp stamp, Times times) { expected_[stamp.writer][stamp.number] = times; }
  /// Closes the reader. A reader that is opened later must miss no unit from then on.
  void close_reader();
  void open_reader();
  /// Another writer takes the dead writer's slot, and keeps units open until the audit.
  void open_as_successor();
  /// Another reader joins. It reads nothing before the audit, and must then miss no unit.
  void open_second_reader();
  /// The writer opens a unit that other processes may end.
  void hold_unit();
  /// Commits the unit that `hold_unit` opened. True when another process had ended it before.
  bool commit_held_unit();
  /// Makes every held unit overdue, and ends it.
  void end_held_units();
  bool has_ended_units() const noexcept { return ended_; }
  /// Writes and reads until the cell of the first unfinished record describes a later record. Then
  /// fills the arena with unread units. So a wrong write of a delayed child tears an unread unit.
  void reuse_all_room();
  /// Sets the bits of sleeping and armed survivors, so that a notify has something to do.
  void pretend_to_wait();
  /// The reader asks for a ring at `units` units.
  void ask_for(std::uint64_t units) { (void)reader_->arm(units); }
  /// Looks for dead peers, recovers what they held, and notes the losses that it is told.
  void look_after_peers();
  /// The process `pid` has ended. Each of its peers that did not leave must be told as a loss,
  /// once.
  void expect_losses_of(pid_t pid);
  /// Overwriting may take unread units away from the reader.
  void allow_losses() { losses_ = true; }

  /// The survivors go on while the child is stopped. They must neither hang nor fail.
  void carry_on(int rounds);
  /// Goes round the cells twice, and leaves the last three units unread. Every cell that the child
  /// has looked at describes another record by then. So a wrong step of a delayed child is noticed.
  void overtake();
  /// Checks, when the child is gone, that everything it held has come back and that the arena
  /// works.
  void audit();

 private:
  bool try_write(std::uint64_t byte_length);
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
  /// Looks for losses only in the audit, when other processes have recovered everything.
  std::shared_ptr<Attachment> bystander_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Reader> reader_, second_reader_;
  std::unique_ptr<Writer> successor_;
  std::vector<OpenUnit> opened_;
  /// The unit that `hold_unit` opened.
  OpenUnit held_;
  std::uint32_t held_number_ = 0;
  bool ended_ = false;
  std::uint32_t next_ = 0;
  bool losses_ = false;
  /// The reader was opened again: it must see every unit from its first one on.
  bool gapless_ = false;
  std::optional<std::uint32_t> last_;
  std::vector<Death> expected_losses_, told_losses_;
  std::map<std::uint32_t, std::map<std::uint32_t, Times>> expected_;
  std::map<std::uint32_t, std::map<std::uint32_t, int>> seen_;
};

}  // namespace arena::tests
