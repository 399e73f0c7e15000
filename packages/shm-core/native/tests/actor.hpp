/// One thread of a crowd.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "crowd.hpp"

namespace arena::tests {

class Actor {
 public:
  Actor(Crowd& crowd, std::uint64_t seed);
  void write(int lives);
  /// Reads until no writer works any more and no unit is left.
  void read();

 private:
  void write_one_life();
  /// False when the actor fell silent during the unit.
  bool write_one(Writer& writer, Stamp& next, std::vector<Stamp>& committed);
  bool commit(Writer& writer, OpenUnit& unit, std::uint64_t byte_length);
  void read_one_life();
  /// False when the actor fell silent during the unit.
  bool take_one(Reader& reader, const TakenUnit& unit);
  void check_order(const TakenUnit& unit, Stamp stamp);
  void release_some(Reader& reader, std::size_t kept);

  /// Ends an endpoint in one of several ways.
  template <typename Endpoint>
  void end(std::shared_ptr<Endpoint> endpoint);
  template <typename Endpoint>
  void fall_silent(std::shared_ptr<Endpoint> endpoint);
  bool one_in(std::uint64_t times) { return random_.below(times) == 0; }

  Crowd& crowd_;
  Random random_;
  std::shared_ptr<Attachment> arena_;
  /// State of the present life.
  std::vector<TakenUnit> leases_;
  std::map<std::uint32_t, std::uint32_t> next_of_writer_;
  std::optional<std::uint64_t> last_sequence_;
};

}  // namespace arena::tests
