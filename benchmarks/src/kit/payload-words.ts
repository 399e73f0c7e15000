/**
 * The 32 bits at word `index` of payload `variant`. Any word can be computed alone, so that a reader
 * checks some words of a payload without making all of it.
 */
export function wordAt(variant: number, index: number): number {
  let word = Math.imul(index + 1 + Math.imul(variant + 1, 0x9e3779b9), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
