/** Checks that all readers have seen the units in one order. */

/** @typedef {import('./crew.js').Member} Member */

/**
 * Puts all units into one order that agrees with the order of every reader and of every writer. Without
 * such an order two readers have seen some units in opposite order.
 *
 * @param {Member[]} readers
 * @returns {string[]}
 */
export function judgeOrder(readers) {
  const graph = new Precedence();
  for (const { ledger } of readers) {
    const names = ledger.seen.filter((unit) => unit !== null);
    graph.chain(names.map(({ writer, sequence }) => `${writer}:${sequence}`));
  }
  for (const [writer, sequences] of sequencesByWriter(readers)) {
    graph.chain([...sequences].sort((a, b) => a - b).map((sequence) => `${writer}:${sequence}`));
  }
  const left = graph.withoutOrder();
  if (left.length === 0) return [];
  return [`no order of all units agrees with what each reader saw: ${left.slice(0, 10).join(' ')}`];
}

/** @param {Member[]} readers */
function sequencesByWriter(readers) {
  /** @type {Map<number, Set<number>>} */
  const found = new Map();
  for (const unit of readers.flatMap(({ ledger }) => ledger.seen)) {
    if (unit === null) continue;
    const sequences = found.get(unit.writer) ?? new Set();
    found.set(unit.writer, sequences.add(unit.sequence));
  }
  return found;
}

/** The relation "came before" between units. */
class Precedence {
  /** @type {Map<string, { after: string[], before: number }>} */
  #nodes = new Map();

  /** @param {string[]} names Each came before the next. */
  chain(names) {
    for (const [index, name] of names.entries()) {
      const node = this.#node(name);
      const next = names[index + 1];
      if (next === undefined) continue;
      node.after.push(next);
      this.#node(next).before++;
    }
  }

  /** Units without an order: cycles, and the units after them. Kahn's algorithm. */
  withoutOrder() {
    const ready = [...this.#nodes.keys()].filter((name) => this.#node(name).before === 0);
    for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
      for (const next of this.#node(name).after) {
        if (--this.#node(next).before === 0) ready.push(next);
      }
      this.#nodes.delete(name);
    }
    return [...this.#nodes.keys()];
  }

  /** @param {string} name */
  #node(name) {
    const node = this.#nodes.get(name) ?? { after: [], before: 0 };
    this.#nodes.set(name, node);
    return node;
  }
}
