import { fileURLToPath } from 'node:url';
import type { Arena, ReaderOptions } from '@arena/shm-core';
import { afterEach, beforeEach, expect } from 'vitest';
import { arenaDescriptors, children, descriptors, namedFiles, sleep } from './left-behind.js';
import { Peer, type PeerOptions } from './peer.js';
import type { EndpointCommands } from './peers/endpoint.js';
import { Script, type ScriptOptions } from './script.js';
import type { ArenaNeeds, Transport } from './transport.js';

const endpointModule = new URL('./peers/endpoint.js', import.meta.url).href;

export type EndpointPeer = Peer<EndpointCommands>;

/** A peer runs in a process or a thread, each with a Node environment of its own. */
export type PeerPlace = 'process' | 'thread';

/** The kernel may take this long to free closed resources. */
const settleTurns = 200;

/**
 * Gives arenas, peers and scripts to the tests of one transport. Closes all of them after each test, and
 * then checks that no shared memory, no process and no descriptor is left.
 */
export class Stage<A extends Arena = Arena> {
  readonly #arenas = new Set<Arena>();
  readonly #peers = new Set<AsyncDisposable>();
  /** The names of this process's arenas begin with this. */
  readonly prefix = `test-${process.pid}-`;
  #names = 0;

  /** Resources that were left before the test. The test that left them has failed for that. */
  #before: readonly string[] = [];

  /** Construct it within a `describe`. */
  constructor(readonly transport: Transport<A>) {
    beforeEach(() => {
      this.#before = this.#present();
    });
    afterEach(() => this.#clear());
  }

  create(needs: Partial<ArenaNeeds> = {}): A {
    return this.keep(this.transport.arenaClass.create(this.options(needs)));
  }

  options(needs: Partial<ArenaNeeds> = {}): object {
    return this.transport.options({ unitBytes: 4096, units: 4, ...needs });
  }

  attach(handle: string | { name: string }): A {
    return this.keep(this.transport.arenaClass.attach(handle));
  }

  /** Closes it after the test. */
  keep<Kept extends Arena>(arena: Kept): Kept {
    this.#arenas.add(arena);
    return arena;
  }

  /** An arena with a writer and a reader. */
  pair(needs: Partial<ArenaNeeds> = {}, readerOptions: ReaderOptions = {}): Pair<A> {
    const arena = this.create(needs);
    const reader = arena.reader(readerOptions) as ReturnType<A['reader']>;
    return { arena, reader, writer: arena.writer() as ReturnType<A['writer']> };
  }

  /** Descriptors that this process has open. */
  descriptorCount(): number {
    return descriptors().length;
  }

  /** A name that no other test has. */
  name(): string {
    return `${this.prefix}${this.#names++}`;
  }

  /** A process or thread that has attached to `handle`, if one is given. */
  async peer(
    handle?: string | { name: string },
    options: PeerOptions & { readonly place?: PeerPlace | undefined } = {},
  ): Promise<EndpointPeer> {
    const peer: EndpointPeer =
      options.place === 'thread' ? Peer.thread(endpointModule) : Peer.fork(endpointModule, options);
    this.#peers.add(peer);
    await peer.call('use', this.transport.module, this.transport.arenaClass.name);
    if (handle !== undefined) await peer.call('attach', handle);
    return peer;
  }

  /** A script, with the transport's class imported as `Arena`. */
  script(text: string, options: ScriptOptions = {}): Script {
    const { module, arenaClass } = this.transport;
    const script = new Script(
      `import { ${arenaClass.name} as Arena } from ${JSON.stringify(module)};\n${text}`,
      options,
    );
    this.#peers.add(script);
    return script;
  }

  /** One of the programs in ../src/programs, on this transport's class. */
  program(name: string, needs: Partial<ArenaNeeds> = {}): Script {
    const { module, arenaClass } = this.transport;
    const file = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));
    const args = [module, arenaClass.name, JSON.stringify(this.options(needs))];
    const script = new Script('', { file, args });
    this.#peers.add(script);
    return script;
  }

  async #clear(): Promise<void> {
    for (const peer of this.#peers) await peer[Symbol.asyncDispose]();
    for (const arena of this.#arenas) arena.close();
    this.#peers.clear();
    this.#arenas.clear();
    await this.#expectNothingLeft();
  }

  async #expectNothingLeft(): Promise<void> {
    const more = () => this.#present().length > this.#before.length;
    for (let turn = 0; turn < settleTurns && more(); turn++) await sleep(10);
    expect(this.#present().slice(this.#before.length)).toEqual([]);
  }

  /** Resources that a test must not leave: shared memory, processes, names. */
  #present(): string[] {
    return [
      ...arenaDescriptors(),
      ...children().map((pid) => `process ${pid}`),
      ...namedFiles(this.prefix),
    ];
  }
}

export interface Pair<A extends Arena = Arena> {
  readonly arena: A;
  readonly writer: ReturnType<A['writer']>;
  readonly reader: ReturnType<A['reader']>;
}
