/// The part of a snapshot that is about records and segments.
#pragma once

#include "region_words.hpp"
#include "snapshot.hpp"

namespace arena::core {

/// Where the room in use begins. The snapshot has its ends and its peers already.
std::uint64_t floor_of(const RegionWords& words, const Snapshot& found);

/// Adds the records from the floor on, and the room that they leave.
void look_at_records(const RegionWords& words, std::uint64_t now_ms, Snapshot& found);

/// Adds the segments. The snapshot has its floor already.
void look_at_segments(const RegionWords& words, std::uint64_t now_ms, Snapshot& found);

/// What a reader takes next, as far as it can.
void look_at_next(const RegionWords& words, const Snapshot& found, PeerSnapshot& reader);

/// Whether a writer could have that room now.
bool has_room(const RegionWords& words, const Snapshot& found, Wanted wanted);

}  // namespace arena::core
