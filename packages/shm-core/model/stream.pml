/* The end of a stream: native/core/stream with Reader::take, and writers that come at any time.
 *
 * Proves, for every interleaving of the atomic steps below and for a writer that is killed anywhere: when a
 * reader has ended the stream, it has read every committed unit, and no other unit is ever committed. A
 * writer that comes later is refused.
 *
 * WRITERS writers come, write a unit each and close. EXPECTED is the number of writers that the creator has
 * given, or 0. With 0 the reader ends the stream whenever it finds it quiet. The model does not contain the
 * question whether a writer is on its way, so it tries the end at every moment. Memory is sequentially
 * consistent here.
 *
 * BROKEN leaves out one necessary step: then the model must fail.
 */
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef READERS
#define READERS 1
#endif
#ifndef EXPECTED
#define EXPECTED 0
#endif
#ifndef DEATHS
#define DEATHS 0
#endif
#ifndef BROKEN
#define BROKEN 0
#endif

/* Control::stream, in one word */
bool ended;
byte came;

byte members;          /* writers that are members */
bool closed, lost;     /* Control::history */
byte committed;        /* units, in one order */
byte dead;             /* writers that died as members and are not recovered */
byte deaths = DEATHS;

#define STEP(code) \
  if \
  :: atomic { code } \
  :: atomic { deaths > 0 -> deaths--; if :: member -> dead++ :: else fi; goto dying } \
  fi

/* Attachment::join, Writer::commit, Writer::close */
proctype writer() {
  bool member, ok;
  if
  :: BROKEN == 2 -> STEP(ok = !ended; if :: ok -> came++ :: else fi); STEP(members++; member = true)
  :: else ->
    STEP(members++; member = true);
    if
    :: BROKEN == 4 -> STEP(ok = true; came++)
    :: else -> STEP(ok = !ended; if :: ok -> came++ :: else fi)
    fi
  fi;
  if
  :: ok ->
    STEP(assert(!ended); committed++);
    STEP(closed = true)
  :: else
  fi;
  STEP(members--; member = false);
dying:
  skip
}

/* Reader::take, and Stream::state and end */
proctype reader() {
  byte position, seen;
  bool over, told_of_loss;
  do
  :: over -> break
  :: else ->
    if
    :: position < committed -> position++  /* a committed unit is there, whatever happens meanwhile */
    :: atomic { dead > 0 -> dead--; members--; lost = true }  /* recover() */
    :: position == committed ->
      /* Stream::state */
      atomic { seen = came; over = ended }
      if
      :: over -> over = (position == committed)
      :: else ->
        if
        :: members > 0
        :: else ->
          if
          :: closed && (EXPECTED == 0 || seen >= EXPECTED) ->
            if
            :: BROKEN != 3 && position < committed
            :: else ->
              /* Stream::end */
              atomic {
                if
                :: ended
                :: !ended && (BROKEN == 1 || seen == came) -> ended = true; over = true
                :: else
                fi
              }
            fi
          :: !closed && lost -> over = true; told_of_loss = true  /* no end, because a writer may come */
          :: else
          fi
        fi
      fi
    fi
  od;
  assert(told_of_loss || position == committed)
}

init {
  byte i;
  atomic {
    for (i : 0 .. WRITERS - 1) { run writer() }
    for (i : 1 .. READERS) { run reader() }
  }
}
