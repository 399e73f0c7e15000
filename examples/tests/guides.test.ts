import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { arenaErrorCodes } from '@arena/shm-core';
import { libavVersions } from '@arena/video';
import ts from 'typescript';
import { describe, expect, it, onTestFinished } from 'vitest';
import { layOutFiles, runIn } from './readme-blocks.js';

const folder = fileURLToPath(new URL('../../docs/guides/', import.meta.url));
const guides = readdirSync(folder).filter((name) => name.endsWith('.md'));
const textOf = (guide: string) => readFileSync(join(folder, guide), 'utf8');

/** A program of a guide, the files that the guide shows before it, and the lines that it prints. */
interface GuideProgram {
  readonly guide: string;
  readonly files: Readonly<Record<string, string>>;
  readonly prints: readonly string[] | undefined;
}

/** `// frames.js` in the first line of a block names its file. A block without a name is a program. */
const FILE_NAME = /^\/\/ ([\w-]+\.m?js)\b/;

function compiled(code: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

/** Each program of a guide must be followed by a block `text` with its output. */
function programsOf(guide: string): GuideProgram[] {
  const blocks = [...textOf(guide).matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  const shown: Record<string, string> = {};
  return blocks.flatMap(([, language, code = ''], index) => {
    if (language !== 'js' && language !== 'ts') return [];
    const [, name] = FILE_NAME.exec(code) ?? [];
    if (name !== undefined) {
      shown[name] = code;
      return [];
    }
    const [, next, output = ''] = blocks[index + 1] ?? [];
    const prints = next === 'text' ? output.split('\n').slice(0, -1) : undefined;
    const program = language === 'ts' ? compiled(code) : code;
    return [{ guide, files: { ...shown, 'main.js': program }, prints }];
  });
}

const hasLibav = () => {
  try {
    return libavVersions() !== undefined;
  } catch {
    return false;
  }
};

const programs = guides.flatMap(programsOf);
const needsLibav = ({ files }: GuideProgram) => files['main.js']?.includes('@arena/video');
const runnable = hasLibav() ? programs : programs.filter((program) => !needsLibav(program));

describe('the guides', () => {
  it('use only languages whose blocks are run, are output, or are commands', () => {
    const languages = guides.flatMap((guide) =>
      [...textOf(guide).matchAll(/^```(\w*)\n.*?^```$/gms)].map(([, language]) => language),
    );
    expect(new Set(languages)).toEqual(new Set(['js', 'ts', 'text', 'sh']));
  });

  it.each(
    runnable.map((program, index) => [`${program.guide}, program ${index}`, program] as const),
  )(
    'show programs that print the lines that the guide shows: %s',
    async (_, { files, prints }) => {
      const place = layOutFiles(files);
      onTestFinished(() => rmSync(place, { recursive: true }));
      const { status, lines, stderr } = await runIn(place);
      expect(stderr).toBe('');
      expect(lines).toEqual(prints);
      expect(status).toBe(0);
    },
    180_000,
  );

  it('explain every error code, each under a heading of its own', () => {
    const headings = [...textOf('troubleshooting.md').matchAll(/^### (ERR_\w+)$/gm)];
    expect(headings.map(([, code]) => code).sort()).toEqual(Object.keys(arenaErrorCodes).sort());
  });

  it('are all part of the site', () => {
    const builder = readFileSync(join(folder, '../site/build.js'), 'utf8');
    const listed = [...builder.matchAll(/^ {2}\['([\w-]+)', '/gm)].map(([, name]) => `${name}.md`);
    expect(guides.filter((guide) => guide !== 'index.md' && !listed.includes(guide))).toEqual([]);
  });
});
