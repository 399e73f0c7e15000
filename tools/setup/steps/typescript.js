/** Compiles the TypeScript of every package. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fingerprint, isStamped, writeStamp } from '../../checkout/fingerprint.js';
import { root } from '../../checkout/root.js';
import { runShown } from '../../commands/run-shown.js';

const STAMP = 'build/setup/typescript';

/** @returns {Promise<boolean>} Whether anything was compiled. */
export async function compileTypeScript() {
  const projects = projectsOfTheSolution();
  const wanted = fingerprint(inputsOf(projects));
  if (areCompiled(projects, wanted)) return false;
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  await runShown('compiling TypeScript', [process.execPath, tsc, '-b'], { cwd: root });
  writeStamp(STAMP, wanted);
  return true;
}

/** @returns {string[]} The missing parts as text; empty when all is compiled. */
export function missingJavaScript() {
  const projects = projectsOfTheSolution();
  const compiled = areCompiled(projects, fingerprint(inputsOf(projects)));
  return compiled ? [] : ['the TypeScript is not compiled as it is now'];
}

/**
 * @param {string[]} projects
 * @param {string} wanted
 */
function areCompiled(projects, wanted) {
  return isStamped(STAMP, wanted) && projects.every(isCompiled);
}

/** @returns {string[]} The folders that the top's tsconfig.json refers to. */
function projectsOfTheSolution() {
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  return references.map((/** @type {{ path: string }} */ reference) => reference.path);
}

/** @param {string[]} projects */
function inputsOf(projects) {
  return [
    'tsconfig.json',
    'tsconfig.base.json',
    'node_modules/typescript/package.json',
    ...projects.flatMap((project) => [
      `${project}/tsconfig.json`,
      `${project}/package.json`,
      `${project}/src`,
    ]),
  ];
}

/** @param {string} project */
function isCompiled(project) {
  return existsSync(join(root, project, 'dist/.tsbuildinfo'));
}
