import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Ending } from './run.js';

const top = fileURLToPath(new URL('../..', import.meta.url));

/** The programs of a README, in order: the content of its fences. */
export function programsIn(readme: string): string[] {
  const lines = readFileSync(join(top, readme), 'utf8');
  return [...lines.matchAll(/^```(?:js|javascript|mjs|ts|typescript)\n(.*?)^```$/gms)].map(
    ([, program = '']) => program,
  );
}

/** A program of a README as a file, with the parts that the README leaves out. */
export interface ShownFile {
  /** Among the README's programs, from 0 on. */
  readonly program: number;
  readonly before?: string;
  readonly after?: string;
}

/** The programs of a README as files: their texts by name. */
export function filesOf(
  readme: string,
  files: Readonly<Record<string, ShownFile>>,
): Record<string, string> {
  const programs = programsIn(readme);
  const texts = Object.entries(files).map(([name, { program, before = '', after = '' }]) => [
    name,
    `${before}\n${programs[program]}\n${after}`,
  ]);
  return Object.fromEntries(texts);
}

/** A folder in which the programs of a README lie as files, and find arena's packages. */
export const layOut = (readme: string, files: Readonly<Record<string, ShownFile>>): string =>
  layOutFiles(filesOf(readme, files));

/** A folder that holds the files, by name, and finds arena's packages. */
export function layOutFiles(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'arena-readme-'));
  symlinkSync(join(top, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Runs `main.js` there, and waits for its end and the end of every process that it starts. */
export async function runIn(folder: string, options: SpawnOptions = {}): Promise<Ending> {
  const child = spawn(process.execPath, ['main.js'], {
    ...options,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = (await closed) as [number | null];
  return { status, lines: stdout.split('\n').slice(0, -1), stderr };
}
