/// Takes back everything that a peer held. Any number of survivors may run this at once, and any of
/// them may be killed in it: every step is a compare-and-swap from a word that only the dead
/// incarnation can have left.
///
/// SYNC: the kernel reports an end (a readable pidfd, a pid that is gone) after the last
/// instruction of every thread of that process, on any processor. So a process that has the
/// kernel's proof sees all stores of the dead peer. A process that finds the death in the slot sees
/// them by the acquire in is_dead(), which pairs with the compare-and-swap in mark_dead().
#pragma once

#include "attachment.hpp"

namespace arena::core {

/// Marks a proven death, returns everything that the peer held, and frees its slot.
void recover(Attachment& arena, const Peer& dead);

/// Does the same for the living peer `self` when it closes.
void leave(Attachment& arena, const Peer& self);

}  // namespace arena::core
