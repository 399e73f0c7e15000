import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { sharedNow } from './clock.js';
import type { CrewReport, CrewTask, FromCrew, Role, Sample, ToCrew } from './crew-messages.js';

/** One process of a run, and what it has told so far. */
export interface Member {
  readonly role: Role;
  readonly index: number;
  readonly pid: number;
  readonly samples: readonly Sample[];
}

/** One that has done its work. */
export interface DoneMember extends Member {
  readonly report: CrewReport;
}

export type OnSample = (member: Member, sample: Sample) => void;

/** Until every process has heard of the start, and has come to rest before it. */
const startDelayMs = (processes: number) => 100 + 10 * processes;

const endOf = (code: number | null, signal: NodeJS.Signals | null) =>
  signal === null ? `exit code ${code}` : `signal ${signal}`;

class CrewMember implements Member {
  readonly samples: Sample[] = [];
  readonly role: Role;
  readonly index: number;
  readonly child: ChildProcess;
  report: CrewReport | undefined;
  #onReady = () => {};

  constructor(
    task: CrewTask,
    private readonly onSample: OnSample,
  ) {
    ({ role: this.role, index: this.index } = task);
    this.child = fork(new URL('crew-process.js', import.meta.url), {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.order({ type: 'task', task });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  order(message: ToCrew) {
    // A process that is gone says so by its end.
    this.child.send(message, () => {});
  }

  /** Resolves when its process is ready; calls `fail` when it cannot do its work. */
  follow(fail: (error: Error) => void): Promise<void> {
    this.child.on('message', (message: FromCrew) => this.#hear(message, fail));
    this.child.once('error', fail);
    this.child.once('close', (code, signal) => {
      if (!this.report)
        fail(new Error(`${this.role} ${this.pid} ended early, ${endOf(code, signal)}`));
    });
    return new Promise((resolve) => {
      this.#onReady = resolve;
    });
  }

  #hear(message: FromCrew, fail: (error: Error) => void) {
    if (message.type === 'ready') this.#onReady();
    else if (message.type === 'report') this.report = message.report;
    else if (message.type === 'failure')
      fail(new Error(`${this.role} ${this.pid}: ${message.message}`));
    else {
      this.samples.push(message.sample);
      this.onSample(this, message.sample);
    }
  }
}

/** The processes of one run: all of them end with it. */
export class Crew {
  readonly #members: CrewMember[];
  readonly #ready: Promise<unknown>;
  readonly #failure: Promise<never>;

  /** Starts one process for each task. */
  constructor(tasks: readonly CrewTask[], onSample: OnSample) {
    this.#members = tasks.map((task) => new CrewMember(task, onSample));
    let fail = (_: Error) => {};
    this.#failure = new Promise((_, reject) => {
      fail = reject;
    });
    this.#failure.catch(() => {});
    this.#ready = Promise.all(this.#members.map((member) => member.follow(fail)));
  }

  /** Starts the work once every process is ready, all at the same moment, and waits for its end. */
  async work(): Promise<DoneMember[]> {
    await Promise.race([this.#ready, this.#failure]);
    const startAt = sharedNow() + startDelayMs(this.#members.length);
    const ends = this.#members.map(({ child }) => once(child, 'close'));
    for (const member of this.#members) member.order({ type: 'go', startAt });
    await Promise.race([Promise.all(ends), this.#failure]);
    return this.#members.map((member) => this.#done(member));
  }

  /** Ends every process at once, whatever it is at. */
  async disband(): Promise<void> {
    const running = this.#members.filter(
      ({ child }) =>
        child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    );
    const ends = running.map(({ child }) => once(child, 'close'));
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(ends);
  }

  #done({ role, index, pid, samples, report }: CrewMember): DoneMember {
    if (!report) throw new Error(`${role} ${pid} ended without a report`);
    return { role, index, pid, samples, report };
  }
}
