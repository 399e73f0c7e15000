import { threadId } from 'node:worker_threads';
import { StallWatch } from './diagnosis/stall-watch.js';
import { ArenaError } from './errors.js';
import {
  constants,
  type NativeAttachment,
  type NativeConfig,
  type NativeLostPeer,
  type NativePoolPlan,
  type NativeRingPlan,
  native,
} from './native.js';
import { isAnybodyOnTheWay } from './on-the-way.js';
import type { Waiters } from './waiters.js';

/** A look at all processes takes some milliseconds, so the answer "yes" is kept this long. */
const onTheWayMs = 50;

const { recheckMs } = constants.limits;

/** The name of the kind with this number in `NativeConfig.kind`. */
const nameOf = (kind: number): string => (kind === constants.kind.pool ? 'pool' : 'ring');

/** Named arenas that this environment has created. `process.exit()` and uncaught errors run no finalizer. */
const named = new Set<NativeAttachment>();

function removeNames(): void {
  for (const native of named) native.close();
}

/** The use of an arena by this environment. Passes rings to the calls that wait here. */
export class Attachment {
  readonly #waiting = new Set<Waiters>();
  #recheck: NodeJS.Timeout | undefined;
  /** This attachment keeps the event loop alive. */
  #kept = false;
  #ending = false;
  /** A listener wants to hear of lost peers. */
  #watching = false;
  /** Watches calls that wait for long. */
  readonly stalls: StallWatch;
  readonly config: NativeConfig;
  /** Called for every writer and reader that has died. */
  onLost: (peer: NativeLostPeer) => void = () => {};
  #lookedAt = 0;
  #onTheWayAt = Number.NEGATIVE_INFINITY;

  private constructor(readonly native: NativeAttachment) {
    this.config = native.config();
    // Weak, so that a dropped arena can be collected. While a call waits, or a listener is there, the
    // timer keeps the arena.
    const self = new WeakRef(this);
    native.listen(
      (rung) => self.deref()?.look(rung),
      (peer) => self.deref()?.onLost(peer),
      () => self.deref()?.stalls.lookAtSegments(false),
    );
    this.stalls = new StallWatch(native);
  }

  static create(plan: NativePoolPlan | NativeRingPlan): Attachment {
    const made = new native.Attachment(plan, threadId);
    if (plan.name !== undefined) {
      if (named.size === 0) process.on('exit', removeNames);
      named.add(made);
    }
    return new Attachment(made);
  }

  /**
   * @param kind Of `constants.kind`.
   * @throws {ArenaError} `ERR_ARENA_INCOMPATIBLE`: the arena is of another kind.
   */
  static attach(handle: string, kind: number, populate: boolean): Attachment {
    const attachment = new Attachment(new native.Attachment(handle, populate, threadId));
    const found = attachment.config.kind;
    if (found !== kind) throw attachment.refused(nameOf(found), nameOf(kind));
    return attachment;
  }

  /** Closes the attachment, and returns the error for an arena of another kind than expected. */
  refused(found: string, expected: string): ArenaError {
    this.close();
    return new ArenaError(
      'ERR_ARENA_INCOMPATIBLE',
      `incompatible arena: kind is ${found}, expected ${expected}. Attach with the class that created it.`,
    );
  }

  /** From now on keeps the event loop alive for `waiters`, and passes rings to `waiters`. */
  startWaiting(waiters: Waiters): void {
    this.#waiting.add(waiters);
    this.#keep(true);
    this.#recheck ??= setInterval(() => this.#lookAgain(), recheckMs).unref();
  }

  stopWaiting(waiters: Waiters): void {
    this.#waiting.delete(waiters);
    // A call that has waited will probably wait again soon. So the interval goes on until its next
    // round, and keeps the event loop alive until then.
  }

  /**
   * Whether to look after peers while no call waits. The next look begins to watch a new peer, and
   * only the death of a watched peer wakes this process.
   */
  watchPeers(watching: boolean): void {
    this.#watching = watching;
    if (watching) this.#recheck ??= setInterval(() => this.#lookAgain(), recheckMs).unref();
  }

  /** Looks after dead peers, at most every 100 ms. For calls that try and never wait. */
  lookAfterPeers(): void {
    const now = performance.now();
    if (now - this.#lookedAt < recheckMs) return;
    this.#lookedAt = now;
    this.native.checkPeers();
  }

  /** Whether a process or thread may still open a writer: see on-the-way.ts. */
  isAnybodyOnTheWay(): boolean {
    const now = performance.now();
    if (now - this.#onTheWayAt < onTheWayMs) return true;
    const handle = this.native.handle();
    // The number at the end of an anonymous arena's handle is the same in every process.
    const sign = handle.includes(':name:') ? handle : handle.slice(handle.lastIndexOf(':') + 1);
    const { creatorPid } = this.config;
    const found = isAnybodyOnTheWay(sign, creatorPid, this.native.arrivals());
    if (found) this.#onTheWayAt = now;
    return found;
  }

  /** Warns when writers came after the stream had ended. */
  warnOfRefusedWriters(): void {
    const refused = this.native.refusedWriters();
    if (refused === 0) return;
    process.emitWarning(
      `writers refused after the end of the stream: ${refused} (ERR_ARENA_ENDED). Their units are missing here. Create the arena with { writers: n } for all of them, and call end() only after they have come.`,
      { type: 'ArenaWarning', code: 'ARENA_WRITERS_REFUSED' },
    );
  }

  /** True once the arena is closed, or closes its endpoints. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Marks that the arena closes, before it closes its endpoints. */
  end(): void {
    this.#ending = true;
  }

  close(): void {
    this.#ending = true;
    if (named.delete(this.native) && named.size === 0) process.off('exit', removeNames);
    clearInterval(this.#recheck);
    this.#recheck = undefined;
    this.native.close();
  }

  #lookAgain(): void {
    if (this.#waiting.size === 0) this.#keep(false);
    if (this.#waiting.size === 0 && !this.#watching) {
      clearInterval(this.#recheck);
      this.#recheck = undefined;
      return;
    }
    this.native.checkPeers();
    for (const waiters of [...this.#waiting]) {
      waiters.retry();
      const since = waiters.waitingSince;
      if (since !== undefined) this.stalls.look(since, false);
    }
  }

  /** Lets waiting calls look again, because one of them may go on now. */
  look(rung: boolean): void {
    const alone = this.#waiting.size === 1;
    for (const waiters of alone ? this.#waiting : [...this.#waiting]) waiters.look(rung && alone);
  }

  #keep(alive: boolean): void {
    if (this.#kept === alive) return;
    this.#kept = alive;
    this.native.ref(alive);
  }
}
