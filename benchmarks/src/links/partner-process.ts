/** The process that writes, and in round trips echoes. It does what the measuring process asks. */
import { serve } from '../kit/processes/serve.js';
import { ownCpuSeconds } from '../kit/usage.js';
import type { LinkSpec, ReadingEnd, WritingEnd } from './link.js';
import { makeWritingEnd, type Opened, openReadingEnd } from './open.js';
import { makePayloads } from './payloads.js';

export interface OpenRequest {
  readonly out: Omit<LinkSpec, 'address'>;
  /** The link back, for round trips. */
  readonly back?: LinkSpec | undefined;
}

export interface BurstReply {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

let out: Opened<WritingEnd> | undefined;
let back: Opened<ReadingEnd> | undefined;
let payloads: Uint8Array[] = [];

const open = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the link is not open');
  return value;
};

/** Blocks: this process does nothing else until the last echo. */
function echoSync(count: number) {
  const [to, from] = [open(out).end, open(back).end];
  for (let index = 0; index < count; index++) {
    const request = from.nextSync?.();
    if (!request) throw new Error('only arenas have calls that block');
    to.sendOne(request.bytes);
    request.release();
  }
}

async function echo(count: number) {
  const [to, from] = [open(out).end, open(back).end];
  for (let index = 0; index < count; index++) {
    const request = await from.next();
    const waiting = to.sendOne(request.bytes);
    if (waiting) await waiting;
    request.release();
  }
}

const functions = {
  /** Makes the link out and opens the link back, if there is one. Returns the address of the first. */
  async open(request: OpenRequest): Promise<string> {
    payloads = makePayloads(request.out.sizeBytes);
    const made = await makeWritingEnd(request.out, process);
    out = made;
    if (request.back) back = await openReadingEnd(request.back, process);
    return made.address;
  },
  send({ count, fill }: { count: number; fill: boolean }): Promise<void> {
    return open(out).end.send(payloads, count, fill);
  },
  /** Sends `count` messages while nobody reads. Returns what that took. */
  async burst(count: number): Promise<BurstReply> {
    const { end } = open(out);
    const cpuBefore = ownCpuSeconds();
    const start = performance.now();
    for (let index = 0; index < count; index++) {
      const waiting = end.sendOne(payloads[index % payloads.length] as Uint8Array);
      if (waiting) await waiting;
    }
    const seconds = (performance.now() - start) / 1000;
    return { seconds, cpuSeconds: ownCpuSeconds() - cpuBefore };
  },
  async echo({ count, sync }: { count: number; sync: boolean }): Promise<void> {
    if (sync) echoSync(count);
    else await echo(count);
  },
  /** CPU seconds of this process so far. */
  cpuSeconds: (): number => ownCpuSeconds(),
  close(): void {
    out?.close();
    back?.close();
    out = back = undefined;
  },
};

export type PartnerProcess = typeof functions;

serve(functions);
