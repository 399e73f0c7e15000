import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Makes a checkout for one test, and removes it afterwards.
 *
 * @param files Content by path, relative to the top; an object is written as JSON.
 * @returns The top.
 */
export function workspaceOf(files: Record<string, string | object>): string {
  const top = mkdtempSync(join(tmpdir(), 'arena-workspace-'));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return top;
}
