/** Which checks a change begins, in a repository that has the shape of this one. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ScratchRepository } from './scratch-repository.js';

/** A measurement that takes next to no time. */
const measurement = (name: string, reach?: string[]) => `{
  name: '${name}', items: 10, time: 'cpu', threshold: 100,
  ${reach === undefined ? '' : `reach: ${JSON.stringify(reach)},`}
  start: () => ({ run() { for (let at = 0; at < 300_000; at++); } }),
}`;

const declared = (...measurements: string[]) =>
  `export const measurements = [${measurements.join(',')}];\n`;

const LIMIT_MS = 180_000;

let repository: ScratchRepository;
beforeAll(() => {
  repository = new ScratchRepository([
    {
      name: 'core',
      files: {
        'src/index.js': 'export const size = 1;\n',
        'native/core/queue.cpp': '// A queue.\n',
        'native/tests/queue_test.cpp': '// Its test.\n',
        'perf/core.perf.js': declared(measurement('queue')),
      },
    },
    {
      name: 'payloads',
      dependencies: ['core'],
      files: {
        'src/index.js': "export { size } from '@arena/core';\n",
        'tests/encode.test.ts': '// A test.\n',
        'README.md': 'Payloads.\n',
        'perf/payloads.perf.js': declared(measurement('encode')),
      },
    },
    {
      name: 'video',
      dependencies: ['core', 'payloads'],
      files: {
        'src/index.js': "export { size } from '@arena/payloads';\n",
        'perf/video.perf.js': declared(
          measurement('packets across'),
          measurement('decode', ['@arena/video', '@arena/core']),
        ),
      },
    },
  ]);
}, LIMIT_MS);
afterEach(() => repository.reset());
afterAll(() => repository[Symbol.dispose]());

/** The packages whose check nx begins for the last commit. */
function begun(): string[] {
  const { output } = repository.nx('affected', '-t', 'perf', '--base=HEAD~1', '--graph=stdout');
  const { tasks } = JSON.parse(output.slice(output.indexOf('{')));
  return Object.keys(tasks.tasks).sort();
}

describe('nx affected -t perf', () => {
  it(
    'begins nothing for documentation and tests',
    () => {
      repository.write('README.md', 'Another text.\n');
      repository.write('packages/payloads/README.md', 'Another text.\n');
      repository.write('packages/payloads/tests/encode.test.ts', '// Another test.\n');
      repository.write('packages/core/native/tests/queue_test.cpp', '// Another test.\n');
      repository.commit('Write');
      expect(begun()).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'begins every dependant of a changed C++ core',
    () => {
      repository.change('packages/core/native/core/queue.cpp', 'queue', 'short queue');
      expect(begun()).toEqual(['@arena/core:perf', '@arena/payloads:perf', '@arena/video:perf']);
    },
    LIMIT_MS,
  );

  it(
    'measures what reaches changed payloads, which decoding does not',
    () => {
      repository.change('packages/payloads/src/index.js', 'size', 'size, size as length');
      const { status, output } = repository.nx(
        'affected',
        '-t',
        'perf',
        '--base=HEAD~1',
        '--outputStyle=static',
      );
      expect(output).toContain('payloads: encode');
      expect(output).toContain('video: packets across');
      expect(output).not.toContain('decode');
      expect(output).not.toContain('core: queue');
      expect(output).toContain('All packages together');
      expect(status, output).toBe(0);
    },
    LIMIT_MS,
  );
});

describe('a base that is not there', () => {
  it(
    'is a message and no failure',
    () => {
      const { status, output } = repository.node('tools/perf', '--base', 'f'.repeat(40));
      expect(output).toContain(`nothing is compared: ${'f'.repeat(40)} is not in this clone`);
      expect(status).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'is the first commit itself',
    () => {
      const { status, output } = repository.node('tools/perf/check.js');
      expect(output).toContain('nothing is compared');
      expect(status).toBe(0);
    },
    LIMIT_MS,
  );
});
