/** @param blocked The caller blocks this thread, so its event loop does not turn. */
export function emitWarning(code: string, message: string, blocked: boolean): void {
  const type = 'ArenaWarning';
  if (!blocked) {
    process.emitWarning(message, { type, code });
    return;
  }
  // process.emitWarning() would warn in the next turn of the event loop, which a blocked thread has not.
  const warning = Object.assign(new Error(message), { name: type, code });
  try {
    process.emit('warning', warning);
  } catch {
    // A listener has thrown. The waiting call must not fail for that.
  }
}
