import { messageOf } from '@arena/shm-core/internal';
import { EndedEarly, StartedProcess } from '../kit/processes/started-process.js';
import { sharedNow } from './clock.js';
import type { MemberProcess, MemberTask } from './member-process.js';
import type { MemberReport, Role, Sample } from './samples.js';

/** One process of a run, and its reports so far. */
export interface Member {
  readonly role: Role;
  readonly index: number;
  readonly pid: number;
  readonly samples: readonly Sample[];
}

/** A process that has done its work. */
export interface DoneMember extends Member {
  readonly report: MemberReport;
}

export type OnSample = (member: Member, sample: Sample) => void;

/** By then every process knows the start time and is idle. */
const startDelayMs = (processes: number) => 100 + 10 * processes;

class CrewMember implements Member {
  readonly samples: Sample[] = [];
  readonly role: Role;
  readonly index: number;
  readonly #process: StartedProcess<MemberProcess>;

  constructor(
    private readonly task: MemberTask,
    private readonly onSample: OnSample,
  ) {
    ({ role: this.role, index: this.index } = task);
    this.#process = new StartedProcess(new URL('member-process.js', import.meta.url), {
      name: task.role,
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  prepare(): Promise<void> {
    return this.#named(this.#process.call('prepare', this.task));
  }

  async work(startAt: number): Promise<DoneMember> {
    const onSample = (sample: Sample) => {
      this.samples.push(sample);
      this.onSample(this, sample);
    };
    const report = await this.#named(this.#process.call('work', startAt, onSample));
    const { role, index, pid, samples } = this;
    return { role, index, pid, samples, report };
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** An error names the process that it comes from. */
  async #named<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof EndedEarly) throw error;
      throw new Error(`${this.#process.title}: ${messageOf(error)}`);
    }
  }
}

/** The processes of one run. */
export class Crew {
  readonly #members: readonly CrewMember[];

  /** Starts one process for each task. */
  constructor(tasks: readonly MemberTask[], onSample: OnSample) {
    this.#members = tasks.map((task) => new CrewMember(task, onSample));
  }

  /**
   * Starts the work once every process is ready, all at the same moment, and waits for its end.
   *
   * @throws {Error} A process failed or ended early.
   */
  async work(): Promise<DoneMember[]> {
    await Promise.all(this.#members.map((member) => member.prepare()));
    const startAt = sharedNow() + startDelayMs(this.#members.length);
    return Promise.all(this.#members.map((member) => member.work(startAt)));
  }

  /** Ends every process at once, in any state. */
  async disband(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.kill()));
  }
}
