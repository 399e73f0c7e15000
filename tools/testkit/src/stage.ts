import { fileURLToPath } from 'node:url';
import type { Arena, Reader, ReaderOptions, Writer } from '@arena/shm-core';
import { afterEach, beforeEach, expect } from 'vitest';
import { arenaDescriptors, children, descriptors, namedFiles, sleep } from './left-behind.js';
import { Peer, type PeerOptions } from './peer.js';
import type { EndpointCommands } from './peers/endpoint.js';
import { Script, type ScriptOptions } from './script.js';
import type { ArenaNeeds, Transport } from './transport.js';

const endpointModule = new URL('./peers/endpoint.js', import.meta.url).href;

export type EndpointPeer = Peer<EndpointCommands>;

/** Where a peer runs: each is another environment of Node. */
export type PeerPlace = 'process' | 'thread';

/** How long what was closed may take to be gone from the kernel's books. */
const settleTurns = 200;

/**
 * What the tests of one transport act on. All that they open is closed after each test, and then
 * nothing may be left: no shared memory, no process, no descriptor.
 */
export class Stage {
  readonly #arenas = new Set<Arena>();
  readonly #peers = new Set<AsyncDisposable>();
  /** Names of this process's arenas begin so. */
  readonly prefix = `test-${process.pid}-`;
  #names = 0;

  /** What was there before the test: left by another one, which has failed for it. */
  #before: readonly string[] = [];

  /** To be made within a `describe`. */
  constructor(readonly transport: Transport) {
    beforeEach(() => {
      this.#before = this.#present();
    });
    afterEach(() => this.#clear());
  }

  create(needs: Partial<ArenaNeeds> = {}): Arena {
    return this.keep(this.transport.arenaClass.create(this.options(needs)));
  }

  options(needs: Partial<ArenaNeeds> = {}): object {
    return this.transport.options({ unitBytes: 4096, units: 4, ...needs });
  }

  attach(handle: string | { name: string }): Arena {
    return this.keep(this.transport.arenaClass.attach(handle));
  }

  /** Closes it after the test. */
  keep<A extends Arena>(arena: A): A {
    this.#arenas.add(arena);
    return arena;
  }

  /** An arena with a writer and a reader. */
  pair(needs: Partial<ArenaNeeds> = {}, readerOptions: ReaderOptions = {}): Pair {
    const arena = this.create(needs);
    const reader = arena.reader(readerOptions);
    return { arena, reader, writer: arena.writer() };
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

  /** What a test must not leave: shared memory, processes, names. */
  #present(): string[] {
    return [
      ...arenaDescriptors(),
      ...children().map((pid) => `process ${pid}`),
      ...namedFiles(this.prefix),
    ];
  }
}

export interface Pair {
  readonly arena: Arena;
  readonly writer: Writer;
  readonly reader: Reader;
}
