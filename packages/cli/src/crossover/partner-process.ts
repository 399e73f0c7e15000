/** The process that writes, and in round trips echoes: does what the measuring process asks. */
import { ownCpuSeconds } from '../bench/usage.js';
import { answerParent } from './asked-process.js';
import type { LinkSpec, ReadingEnd, WritingEnd } from './links/link.js';
import { makeWritingEnd, type Opened, openReadingEnd } from './links/open.js';
import { makePayloads } from './payloads.js';

export type PartnerRequest =
  /** Makes the way out, and opens the way in where there is one; answers with the address of the first. */
  | { type: 'open'; out: Omit<LinkSpec, 'address'>; in?: LinkSpec | undefined }
  | { type: 'send'; count: number; fill: boolean }
  /** Sends while nobody reads; answers with what that took. */
  | { type: 'burst'; count: number }
  | { type: 'echo'; count: number; sync: boolean }
  /** Answers with the CPU seconds of this process so far. */
  | { type: 'cpu' }
  | { type: 'close' };

export interface BurstReply {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

let out: Opened<WritingEnd> | undefined;
let back: Opened<ReadingEnd> | undefined;
let payloads: Uint8Array[] = [];

const open = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the way is not open');
  return value;
};

async function openEnds(spec: Omit<LinkSpec, 'address'>, incoming: LinkSpec | undefined) {
  payloads = makePayloads(spec.sizeBytes);
  const made = await makeWritingEnd(spec, process);
  out = made;
  if (incoming) back = await openReadingEnd(incoming, process);
  return made.address;
}

async function burst(count: number): Promise<BurstReply> {
  const { end } = open(out);
  const cpuBefore = ownCpuSeconds();
  const start = performance.now();
  for (let index = 0; index < count; index++) {
    const waiting = end.sendOne(payloads[index % payloads.length] as Uint8Array);
    if (waiting) await waiting;
  }
  const seconds = (performance.now() - start) / 1000;
  return { seconds, cpuSeconds: ownCpuSeconds() - cpuBefore };
}

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

function close() {
  out?.close();
  back?.close();
  out = back = undefined;
}

answerParent(async (request: PartnerRequest): Promise<unknown> => {
  switch (request.type) {
    case 'open':
      return openEnds(request.out, request.in);
    case 'send':
      return open(out).end.send(payloads, request.count, request.fill);
    case 'burst':
      return burst(request.count);
    case 'echo':
      return request.sync ? echoSync(request.count) : echo(request.count);
    case 'cpu':
      return ownCpuSeconds();
    case 'close':
      return close();
  }
});
