/// A reader that shares the units with other readers: each unit goes to one reader.
#pragma once

#include "reader.hpp"

namespace arena::core {

class ExclusiveReader final : public Reader {
 public:
  explicit ExclusiveReader(std::shared_ptr<Attachment> arena);

  void disarm() noexcept override;
  void notify_progress() noexcept override;
  void give_back(const TakenUnit& unit) override;

 private:
  struct Untaken {
    std::uint64_t sequence;
    std::uint64_t taker;
  };
  std::optional<Untaken> next_untaken();
  bool fits(std::uint64_t sequence, std::uint64_t most);

  Status take_next(TakenUnit& unit, std::uint64_t most) override;
  bool pass(const TakenUnit& unit, bool notify) override;
  void give_up_lease(const TakenUnit& unit) noexcept override;
  std::uint64_t first_unread() override;
  std::uint64_t waited_for() override;
  bool available() override;
};

}  // namespace arena::core
