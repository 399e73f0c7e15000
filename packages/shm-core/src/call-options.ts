/** The options of every call of a writer and a reader. */
import type { AsyncWaitOptions, UnitOptions, WaitOptions } from './arena.js';
import { checkBytes, checkMilliseconds, checkSignal } from './arguments.js';
import { type Checks, Options } from './options.js';

const wait = { timeoutMs: checkMilliseconds };
const asyncWait = { ...wait, signal: checkSignal };
const unit = { envelope: checkBytes };

export const waitOptions = new Options<WaitOptions>(wait);
export const asyncWaitOptions = new Options<AsyncWaitOptions>(asyncWait);
export const unitOptions = new Options<UnitOptions>(unit);

export const acquireOptions = new Options<AsyncWaitOptions & UnitOptions>({
  ...asyncWait,
  ...unit,
});
export const acquireSyncOptions = new Options<WaitOptions & UnitOptions>({ ...wait, ...unit });

/** The options of the calls that write whole units; `How` has the additional options of one kind of arena. */
export class WriteOptions<How extends object> {
  readonly write: Options<AsyncWaitOptions & UnitOptions & How>;
  readonly writeSync: Options<WaitOptions & UnitOptions & How>;
  readonly tryWrite: Options<UnitOptions & How>;
  readonly writeMany: Options<AsyncWaitOptions & How>;
  readonly tryWriteMany: Options<How>;

  constructor(how: Checks<How>) {
    this.write = options({ ...asyncWait, ...unit, ...how });
    this.writeSync = options({ ...wait, ...unit, ...how });
    this.tryWrite = options({ ...unit, ...how });
    this.writeMany = options({ ...asyncWait, ...how });
    this.tryWriteMany = options(how);
  }
}

/** This is intentional: a cast. TypeScript does not see that the checks of a sum are the sum of the checks. */
const options = <T extends object>(checks: object): Options<T> =>
  new Options<T>(checks as Checks<T>);
