/// Taking back what a peer held. Safe to run by any number of survivors at once and to be killed
/// in: every step is a compare-and-swap from a word that only that incarnation can have left.
///
/// SYNC: the kernel's report of an end (a pidfd that is readable, a pid that is gone) comes after
/// the last instruction of every thread of that process, on any processor: what a dead peer has
/// stored is seen by whoever holds the proof. Whoever learns of the death from the slot has it by
/// the acquire in is_dead(), which pairs with the marker's compare-and-swap.
#pragma once

#include "attachment.hpp"

namespace arena::core {

/// Marks a peer that is proven dead, returns all that it held and frees its slot.
void recover(Attachment& arena, const Peer& dead);

/// The same by a living peer of its own, when it closes.
void leave(Attachment& arena, const Peer& self);

}  // namespace arena::core
