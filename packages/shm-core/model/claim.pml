/* The places of records: native/core/record_queue, claim and start_of_next, with several writers.
 *
 * Proves, for every interleaving of the atomic steps below and for a writer that is killed anywhere: each
 * record begins where the record before it ends. No two records in use share a byte. A reader sees the
 * bytes of the record's own writer. The living processes go on. A writer may be delayed for any time, into
 * later turns of its cell; its late steps change nothing.
 *
 * Two writers claim records of one or two granules, fill them and commit them. The first writer may be
 * killed before any step. A third process reads, and skips records that the dead writer has claimed
 * (queue.pml models the whole recovery). Memory is sequentially consistent here.
 *
 * BROKEN leaves out one necessary step: then the model must fail.
 */
#ifndef CELLS
#define CELLS 2
#endif
#ifndef CAPACITY
#define CAPACITY 3
#endif
#ifndef FIRST
#define FIRST 2  /* records of the writer that may be killed */
#endif
#ifndef SECOND
#define SECOND 2
#endif
#ifndef DEATHS
#define DEATHS 1
#endif
#ifndef BROKEN
#define BROKEN 0
#endif

#define MOST (FIRST + SECOND)
#define TURN(sequence) ((sequence) / CELLS + 1)
#define AT(sequence) ((sequence) % CELLS)
#define CLAIMED 0
#define COMMITTED 1
#define SKIPPED 2

typedef Record { byte phase, owner, span, turn }

byte tail, oldest;
Record word[CELLS];
byte start[CELLS];
byte granule[CAPACITY];  /* the record whose bytes lie there: sequence + 1 */
byte deaths = DEATHS;
bool killed;
byte done;

/* Known only to the model: the right start and length of each record. */
byte begins[MOST + 1];
byte next;      /* the first unclaimed sequence */
byte position;  /* the first record that is not skipped */

#define SAME(a, b) (a.phase == b.phase && a.owner == b.owner && a.span == b.span && a.turn == b.turn)
#define COPY(a, b) a.phase = b.phase; a.owner = b.owner; a.span = b.span; a.turn = b.turn
#define IS(sequence, phase_) \
  (word[AT(sequence)].turn == TURN(sequence) && word[AT(sequence)].phase == phase_)

/* Writer::space_for: a waiting writer looks again once a cell and two granules are free. */
#define SPACE (next - position < CELLS && begins[next] + 2 - begins[position] <= CAPACITY)

#if DEATHS
#define STEP(code) \
  if :: atomic { code } :: atomic { mortal && deaths > 0 -> deaths--; goto dying } fi
#else
#define STEP(code) atomic { code }
#endif

/* RecordQueue::tail */
inline find_tail(end) {
  STEP(end = tail);
  STEP(hit = (word[AT(end)].turn == TURN(end)));
  do
  :: hit ->
    STEP(if
         :: tail == end -> end++; tail = end
         :: else -> end = tail
         fi);
    STEP(hit = (word[AT(end)].turn == TURN(end)))
  :: else -> break
  od
}

/* RecordQueue::start_of_next; sets `hit` when it finds the start. */
inline start_of_next(sequence) {
  begin = 0; hit = true;
  if
  :: sequence > 0 ->
    STEP(hit = (word[AT(sequence - 1)].turn == TURN(sequence - 1));
         span = word[AT(sequence - 1)].span);
    STEP(begin = start[AT(sequence - 1)]);
    if
    :: hit -> STEP(hit = (word[AT(sequence - 1)].turn == TURN(sequence - 1)))
    :: else
    fi;
    begin = begin + span;
    span = 0
  :: else
  fi
}

/* RecordQueue::has_room of `mine` granules */
inline has_room() {
  hit = (sequence - floor < CELLS);
  if
  :: hit && floor != sequence ->
    STEP(floor_start = start[AT(floor)]);
    hit = (floor_start <= begin && begin + mine - floor_start <= CAPACITY);
    floor_start = 0
  :: else
  fi
}

/* RecordQueue::refresh_floor as make_room uses it */
inline refresh_floor() {
  STEP(floor_start = position; if :: oldest < floor_start -> oldest = floor_start :: else fi);
  floor = (floor_start > sequence -> sequence : floor_start);
  floor_start = 0
}

/* RecordQueue::claim; sets `claimed`, unless there is no room. */
inline claim(me) {
  claimed = false;
  do
  :: claimed -> break
  :: else ->
    find_tail(sequence);
    STEP(COPY(before, word[AT(sequence)]));
    if
    :: BROKEN != 4 && before.turn != TURN(sequence) - 1
    :: BROKEN == 4 && before.turn == TURN(sequence)
    :: else ->
      start_of_next(sequence);
      if
      :: hit ->
        has_room();
        if
        :: hit
        :: else -> refresh_floor(); has_room()
        fi;
        if
        :: !hit ->
          STEP(hit = (tail == sequence));
          if
          :: hit -> break
          :: else
          fi
        :: else ->
          STEP(old = start[AT(sequence)]);
          hit = true;
          if
          :: BROKEN != 2 -> STEP(hit = SAME(word[AT(sequence)], before))
          :: else
          fi;
          if
          :: hit ->
            if
            :: BROKEN == 1 -> STEP(start[AT(sequence)] = begin)
            :: BROKEN == 3
            :: else ->
              STEP(if
                   :: start[AT(sequence)] == old -> start[AT(sequence)] = begin
                   :: else
                   fi)
            fi;
            STEP(claimed = SAME(word[AT(sequence)], before);
                 if
                 :: claimed ->
                   assert(BROKEN == 3 || start[AT(sequence)] == begins[sequence]);
                   assert(begin == begins[sequence]);
                   begins[sequence + 1] = begin + mine;
                   next++;
                   word[AT(sequence)].phase = CLAIMED;
                   word[AT(sequence)].owner = me;
                   word[AT(sequence)].span = mine;
                   word[AT(sequence)].turn = TURN(sequence)
                 :: else
                 fi);
            if
            :: claimed && BROKEN == 3 -> STEP(start[AT(sequence)] = begin)
            :: else
            fi
          :: else
          fi;
          old = 0
        fi
      :: else
      fi
    fi
  od;
  if
  :: claimed ->
    STEP(if
         :: tail == sequence -> tail = sequence + 1
         :: else
         fi)
  :: else
  fi;
  before.phase = 0; before.owner = 0; before.span = 0; before.turn = 0;
  hit = false
}

proctype writer(byte me, left; bool mortal) {
  Record before;
  byte sequence, begin, span, mine, floor, floor_start, old;
  bool hit, claimed;
end_waiting:
  do
  :: left > 0 && SPACE ->
    if
    :: mine = 1
    :: mine = 2
    fi;
    claim(me);
    if
    :: claimed ->
      STEP(granule[begin % CAPACITY] = sequence + 1);
      STEP(granule[(begin + mine - 1) % CAPACITY] = sequence + 1);
      /* RecordQueue::commit */
      STEP(assert(IS(sequence, CLAIMED) && word[AT(sequence)].owner == me);
           assert(granule[begin % CAPACITY] == sequence + 1);
           word[AT(sequence)].phase = COMMITTED);
      left--
    :: else
    fi;
    sequence = 0; begin = 0; mine = 0; claimed = false
  :: left == 0 -> break
  od;
  atomic { done++; goto gone };
dying:
  killed = true;
  done++;
gone:
  skip
}

/* Reads in order, and skips records that a dead writer has claimed. */
proctype reader() {
  byte first, span;
end_waiting:
  do
  :: atomic { IS(position, COMMITTED) ->
      /* RecordQueue::look */
      first = start[AT(position)]; span = word[AT(position)].span };
    assert(first == begins[position]);
    assert(granule[first % CAPACITY] == position + 1);
    atomic {
      assert(granule[(first + span - 1) % CAPACITY] == position + 1);
      /* RecordQueue::skip_word, in Reader::finish */
      word[AT(position)].phase = SKIPPED;
      position++; first = 0; span = 0
    }
  :: atomic { killed && IS(position, CLAIMED) && word[AT(position)].owner == 0 ->
      word[AT(position)].phase = SKIPPED; position++ }
  od
}

init {
  byte i = 0;
  atomic {
    do
    :: i < CELLS -> word[i].phase = SKIPPED; i++
    :: else -> break
    od;
    run writer(0, FIRST, true);
    run writer(1, SECOND, false);
    run reader()
  }
  atomic {
    timeout ->
    assert(done == 2);
    assert(position == next)
  }
}
