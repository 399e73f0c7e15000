/** Items of every kind that structured clone takes, shared values and cycles among them. */
import fc from 'fast-check';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
    .map((units) => String.fromCharCode(...units)),
);

const bytes = fc.uint8Array({ maxLength: 80 });

const primitive = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
);

const binary = fc.oneof(
  bytes,
  bytes.map((it) => it.buffer),
  bytes.map((it) => new DataView(it.buffer, it.length >> 1)),
  fc.int8Array({ maxLength: 40 }),
  fc.uint8ClampedArray({ maxLength: 40 }),
  fc.int16Array({ maxLength: 20 }),
  fc.uint16Array({ maxLength: 20 }),
  fc.int32Array({ maxLength: 20 }),
  fc.uint32Array({ maxLength: 20 }),
  fc.float32Array({ maxLength: 20 }),
  fc.float64Array({ maxLength: 20 }),
  fc.bigInt64Array({ maxLength: 10 }),
  fc.bigUint64Array({ maxLength: 10 }),
);

const errors = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

const leaf = fc.oneof(
  { weight: 6, arbitrary: primitive },
  { weight: 2, arbitrary: binary },
  // Valid ones: Node 20 holds no invalid date equal to another.
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(/a+/, /[/\n]\u{1f600}/gu, /(?<name>x)/dimsy),
  fc.oneof(fc.double(), text, fc.boolean(), fc.bigInt()).map((it) => Object(it)),
);

const name = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length', '0', '-1', 'a', 'data', 'shape'),
);

function withProperties(target: object, properties: [string, unknown][]): object {
  for (const [key, value] of properties) {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return target;
}

const tree = fc.letrec<{ value: unknown }>((tie) => {
  const value = tie('value');
  const properties = fc.array(fc.tuple(name, value), { maxLength: 6 });
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      properties.map((it) => withProperties({}, it)),
      properties.map((it) => withProperties(Object.create(null), it)),
      fc.array(value, { maxLength: 6 }),
      fc.sparseArray(value, { maxNumElements: 5, maxLength: 200 }),
      fc
        .tuple(
          fc.array(value, { maxLength: 4 }),
          properties.map((it) => it.filter(([key]) => key !== 'length')),
        )
        .map(([members, extra]) => withProperties(members, extra)),
      fc.array(fc.tuple(value, value), { maxLength: 5 }).map((it) => new Map(it)),
      fc.array(value, { maxLength: 5 }).map((it) => new Set(it)),
      fc
        .tuple(fc.constantFrom(...errors), text, fc.option(value))
        .map(([Type, message, cause]) => new Type(message, cause === null ? {} : { cause })),
    ),
  };
}).value;

/** Trees in which each value occurs once. */
export const anyTree = tree;

/** Objects that refer to each other at random: shared values and cycles. */
export const anyGraph = fc
  .tuple(
    fc.array(fc.constantFrom('object', 'array', 'map', 'set', 'mapKey'), {
      minLength: 1,
      maxLength: 20,
    }),
    fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 }),
    fc.array(fc.tuple(fc.nat(), leaf), { maxLength: 10 }),
  )
  .map(([kinds, edges, leaves]) => {
    const nodes = kinds.map(emptyNode);
    const nodeAt = (index: number) => nodes[index % nodes.length] as object;
    for (const [from, to] of edges) link(nodeAt(from), nodeAt(to), from % 3 === 0);
    for (const [from, value] of leaves) link(nodeAt(from), value, false);
    return nodes;
  });

function emptyNode(kind: string): object {
  if (kind === 'object') return {};
  if (kind === 'array') return [];
  return kind === 'set' ? new Set() : new Map();
}

function link(from: object, to: unknown, asKey: boolean): void {
  if (Array.isArray(from)) from.push(to);
  else if (from instanceof Set) from.add(to);
  else if (from instanceof Map) from.set(asKey ? to : from.size, to);
  else (from as Record<string, unknown>)[`p${Object.keys(from).length}`] = to;
}

/**
 * Walks two graphs side by side. Returns the place at which one object stands for two objects of the other
 * graph; undefined when each object has exactly one counterpart.
 */
export function identityDifference(left: unknown, right: unknown): string | undefined {
  const rightOf = new Map<object, object>();
  const leftOf = new Map<object, object>();
  const pending: [unknown, unknown, string][] = [[left, right, 'item']];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [a, b, path] = next;
    if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) continue;
    if (rightOf.has(a) || leftOf.has(b)) {
      if (rightOf.get(a) !== b || leftOf.get(b) !== a) return path;
      continue;
    }
    rightOf.set(a, b);
    leftOf.set(b, a);
    const others = childrenOf(b);
    for (const [i, child] of childrenOf(a).entries())
      pending.push([child, others[i], `${path}/${i}`]);
  }
  return undefined;
}

function childrenOf(value: object): unknown[] {
  if (ArrayBuffer.isView(value)) return [];
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (value instanceof Error) return [value.cause];
  return Object.values(value);
}
