/** Sets an own property of any name. An assignment to `__proto__` would set the prototype instead. */
export function setProperty(target: object, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    (target as Record<string, unknown>)[name] = value;
  }
}
