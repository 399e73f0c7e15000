/// A small arena whose shared bytes a hostile peer changes while other peers use it.
#pragma once

#include <memory>
#include <vector>

#include "attachment.hpp"
#include "broadcast_reader.hpp"
#include "input.hpp"
#include "writer.hpp"

namespace arena::fuzz {

class HostileRegion {
 public:
  /// The other choices of a creator come from the input.
  HostileRegion(core::Kind kind, Input& input);
  ~HostileRegion();

  /// Changes shared bytes and runs operations of peers, in turns, until the input ends.
  void play(Input& input);

 private:
  void mutate(Input& input);
  void act(Input& input);
  void write(core::Writer& writer, Input& input);
  void read(core::Reader& reader, Input& input);
  void leave_and_join(Input& input);
  std::uint64_t word_for(std::uint64_t found, Input& input);

  std::shared_ptr<core::Region> region_;
  std::shared_ptr<core::Attachment> arena_;
  /// Endpoints that are never closed, as after a crash.
  std::vector<std::unique_ptr<core::Writer>> writers_;
  std::vector<std::unique_ptr<core::Reader>> readers_;
  std::vector<core::OpenUnit> open_;
  std::vector<core::TakenUnit> leases_;
};

}  // namespace arena::fuzz
