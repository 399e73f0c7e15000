/**
 * The first inputs of a fuzz run, kept as text: each line of `<target>.txt` is one input in base64.
 *
 * `fuzz_<target> -set_cover_merge=1 <kept> <found>` selected them from the inputs that long runs found.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} corpus The folder of the texts.
 * @param {string} folder Gets a folder of inputs for each target.
 */
export function unpackCorpus(corpus, folder) {
  for (const name of readdirSync(corpus)) {
    const inputs = join(folder, name.replace(/\.txt$/, ''));
    mkdirSync(inputs);
    const lines = readFileSync(join(corpus, name), 'utf8').split('\n').filter(Boolean);
    for (const [index, line] of lines.entries()) {
      writeFileSync(join(inputs, String(index)), Buffer.from(line, 'base64'));
    }
  }
}
