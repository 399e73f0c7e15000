/* Units that stay open after their writer has closed: Writer::keep_open, close and give_up, recovery.
 *
 * The program has moved the buffer of an open unit. Until the new buffer is collected, JavaScript can write
 * to the unit's memory through it. The writer gives the unit up only then, even when it has closed before.
 *
 * Proves, for every interleaving of the atomic steps below and for a writer that is killed anywhere: writes
 * through the moved buffer never reach another process's unit. A closed writer is no member, however long
 * it keeps a unit. Its place and its segment come back once the unit is given up or the process is dead,
 * and not before. Nothing is taken from the next peer in that place.
 *
 * Process 0 is the writer with the moved buffer. Another writer joins when a place is free, and wants the
 * only segment. Two other processes recover the dead. With STAYS the moved buffer is never collected.
 * Memory is sequentially consistent here.
 *
 * BROKEN leaves out one necessary step: then the model must fail.
 */
#ifndef SLOTS
#define SLOTS 1
#endif
#ifndef DEATHS
#define DEATHS 0
#endif
#ifndef STAYS
#define STAYS 0
#endif
#ifndef BROKEN
#define BROKEN 0
#endif

/* PeerState and SegmentWord: each is one word that one step reads or changes. */
typedef PeerWord { byte phase, generation }
typedef Segment { byte phase, owner, generation }
#define FREE 0
#define LIVE 1
#define LEAVING 2
#define DEAD 3
#define OPEN 1

PeerWord state[SLOTS];
byte member[SLOTS];  /* the generation of the writer that is a member, or 0 */
Segment segment;

/* Known only to the model. */
bool dead, closed, finished;
byte deaths = DEATHS;

#define IS_STATE(slot_, phase_, generation_) \
  (state[slot_].phase == phase_ && state[slot_].generation == generation_)
#define IS_OPEN(owner_, generation_) \
  (segment.phase == OPEN && segment.owner == owner_ && segment.generation == generation_)

#define STEP(code) \
  if \
  :: atomic { code } \
  :: atomic { mortal && deaths > 0 -> deaths--; goto dying } \
  fi

/* SegmentTable::close, and the same step of a sweep */
#define FREE_SEGMENT(owner_, generation_) \
  if \
  :: IS_OPEN(owner_, generation_) -> segment.phase = FREE \
  :: else \
  fi

#define STRIKE(slot_, generation_) \
  if \
  :: member[slot_] == generation_ -> member[slot_] = 0 \
  :: else \
  fi

/* Sweep::run for a peer that leaves, or for a dead peer, whose word is loaded again; then strike and
   free */
inline sweep(slot_, incarnation_, phase_) {
  STEP(found = (segment.phase == OPEN && segment.owner == slot_); swept = segment.generation);
  if
  :: found -> STEP(found = (phase_ == LEAVING || IS_STATE(slot_, DEAD, incarnation_)))
  :: else
  fi;
  if
  :: found -> STEP(FREE_SEGMENT(slot_, swept))
  :: else
  fi;
  STEP(STRIKE(slot_, incarnation_));
  STEP(if
       :: IS_STATE(slot_, phase_, incarnation_) -> state[slot_].phase = FREE
       :: else
       fi);
  found = false; swept = 0
}

/* recovery's leave */
inline leave(slot_, incarnation_) {
  STEP(left = IS_STATE(slot_, LIVE, incarnation_);
       if :: left -> state[slot_].phase = LEAVING :: else fi);
  if
  :: left -> sweep(slot_, incarnation_, LEAVING)
  :: else
  fi
}

/* The unit is open in the segment and its buffer was moved, so the unit is kept open. */
proctype keeper() {
  bool mortal = true, kept = true, has_closed, found, left;
  byte swept, writes = 3;
end_stays:
  do
  /* A write through the moved buffer, by this thread or another thread */
  :: kept && writes > 0 -> STEP(assert(IS_OPEN(0, 1)); writes--)
  :: kept && !STAYS ->
    /* Writer::give_up */
    STEP(FREE_SEGMENT(0, 1));
    kept = false;
    if
    :: (has_closed || BROKEN == 4) && BROKEN != 3 -> leave(0, 1)
    :: else
    fi;
    if
    :: has_closed -> break
    :: else
    fi
  :: !has_closed ->
    /* The writer goes on until it closes. Its place stays its own. */
    STEP(assert(IS_STATE(0, LIVE, 1)));
    has_closed = true;
    if
    :: kept && BROKEN != 1 -> STEP(if :: BROKEN != 2 -> STRIKE(0, 1) :: else fi)
    :: else -> leave(0, 1)
    fi;
    STEP(closed = true);
    if
    :: !kept -> break
    :: else
    fi
  od;
  goto over;
dying:
  dead = true;
over:
  skip
}

/* Joins, opens a unit, fills it, gives it up and closes. */
proctype next() {
  bool mortal = false, found, left, opened;
  byte swept, mine, incarnation, generation;
  /* PeerTable::join */
end_no_place:
  if
  :: atomic { state[0].phase == FREE -> mine = 0; state[0].phase = LIVE; state[0].generation++;
      incarnation = state[0].generation }
#if SLOTS > 1
  :: atomic { state[1].phase == FREE -> mine = 1; state[1].phase = LIVE; state[1].generation++;
      incarnation = state[1].generation }
#endif
dying:
    skip
  fi;
  STEP(member[mine] = incarnation);
end_no_segment:
  atomic { segment.phase == FREE ->
    segment.phase = OPEN; segment.owner = mine; segment.generation++;
    generation = segment.generation };
  STEP(assert(IS_OPEN(mine, generation)));
  STEP(assert(IS_OPEN(mine, generation)));
  STEP(FREE_SEGMENT(mine, generation));
  leave(mine, incarnation);
  finished = true
}

/* Attachment::check_peers: the kernel has said that the keeper's process is dead. */
#define TO_RECOVER \
  (dead && state[0].generation == 1 && state[0].phase != FREE && (BROKEN != 5 || member[0] == 1))
proctype other() {
  bool mortal = false, found;
  byte swept;
end_waiting:
  do
  :: TO_RECOVER ->
    STEP(if
         :: state[0].generation == 1 && state[0].phase != FREE -> state[0].phase = DEAD
         :: else
         fi);
    if
    :: IS_STATE(0, DEAD, 1) -> sweep(0, 1, DEAD)
    :: else
    fi
  od;
dying:
  skip
}

init {
  atomic {
    state[0].phase = LIVE; state[0].generation = 1; member[0] = 1;
    segment.phase = OPEN; segment.owner = 0; segment.generation = 1;
    run keeper();
    run next();
    run other();
    run other()
  }
  /* No further step is possible. */
  atomic {
    timeout ->
    assert(dead || closed);
    assert(member[0] == 0);
    assert((STAYS && !dead) || (finished && segment.phase == FREE && state[0].phase == FREE))
  }
}
