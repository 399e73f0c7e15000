import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { brokenLinks } from '../site/links.js';

/** A site of these pages; the faults of its links. */
function faultsOf(pages: Readonly<Record<string, string>>): string[] {
  const site = mkdtempSync(join(tmpdir(), 'arena-site-'));
  onTestFinished(() => rmSync(site, { recursive: true }));
  for (const [name, text] of Object.entries(pages)) {
    mkdirSync(dirname(join(site, name)), { recursive: true });
    writeFileSync(join(site, name), text);
  }
  return brokenLinks(site);
}

describe('the check of links', () => {
  it('accepts links to pages, to places in them, and to other sites', () => {
    const pages = {
      'index.html': '<a href="guides/a.html#end">a</a> <a href="https://nodejs.org/">Node.js</a>',
      'guides/a.html':
        '<h2 id="end">End</h2> <a href="../index.html">top</a> <a href="#end">end</a>',
    };
    expect(faultsOf(pages)).toEqual([]);
  });

  it('names a page that does not exist', () => {
    expect(faultsOf({ 'index.html': '<a href="gone.html">gone</a>' })).toEqual([
      'index.html links to gone.html, which does not exist',
    ]);
  });

  it('names a place that its page lacks', () => {
    const pages = { 'index.html': '<a href="a.html#gone">a</a>', 'a.html': '<h2 id="here">' };
    expect(faultsOf(pages)).toEqual(['index.html links to a.html#gone, which does not exist']);
  });

  it.each([
    '<script src="https://example.org/track.js"></script>',
    '<link rel="stylesheet" href="//example.org/font.css">',
    '<img src="http://example.org/picture.png">',
  ])('refuses a page that loads a file of another site: %s', (tag) => {
    const [fault] = faultsOf({ 'index.html': tag });
    expect(fault).toMatch(/^index.html loads <(script|link|img)/);
  });
});
