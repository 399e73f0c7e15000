import { describe, expect, it } from 'vitest';
import { plainLines } from '../check/terminal-log.js';

describe('the log of a terminal', () => {
  it('is read without colours, movements of the cursor, and returns', () => {
    const drawn =
      '\u001b[?2026h\u001b[1m\u001b[32m✓\u001b[39m\u001b[22m one\r\n\u001b[2K\u001b[1Atwo';
    expect(plainLines(drawn)).toEqual(['✓ one', 'two']);
  });
});
