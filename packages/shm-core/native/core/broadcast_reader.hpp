/// A reader that sees every unit: a reader of a ring, or of a pool with fan-out.
#pragma once

#include "reader.hpp"

namespace arena::core {

class BroadcastReader final : public Reader {
 public:
  BroadcastReader(std::shared_ptr<Attachment> arena, From from);

  /// Lends the next record in the ring itself, until `end_loan` or the next read. Returns too_large
  /// for a record of more than `most` bytes, which stays unread. Otherwise returns as `take`. Only
  /// for arenas without segments.
  Status borrow(RecordView& record, std::uint64_t most = kAnySize);
  /// False when a writer has overwritten the record: bytes that were read from it are void.
  bool end_loan();
  /// True when a writer has overwritten the lent record.
  bool overtaken() const noexcept;
  /// True when a writer has overwritten a record that was taken and not finished.
  bool overtaken(const TakenUnit& unit) const noexcept;

  /// Skips all records but the newest one that is kept.
  void sync_to_newest();
  /// Number of committed records that this reader has not read.
  std::uint64_t lag();
  /// Number of records that overwriting writers took from this reader.
  std::uint64_t lost() const noexcept { return lost_; }

  void notify_progress() noexcept override;
  void give_back(const TakenUnit& unit) override;

 private:
  void start(From from);
  bool lease(TakenUnit& unit);
  bool lapped();
  void start_at_oldest();
  void pass_to(std::uint64_t (RecordQueue::*target)(std::uint64_t));

  Status take_next(TakenUnit& unit, std::uint64_t most) override;
  bool pass(const TakenUnit& unit, bool notify) override;
  void give_up_lease(const TakenUnit& unit) noexcept override;
  std::uint64_t first_unread() override;
  std::uint64_t waited_for() override { return first_unread(); }
  bool available() override;

  std::optional<TakenUnit> loan_;
  /// Overwriting: number of committed records before the position.
  std::uint64_t passed_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace arena::core
