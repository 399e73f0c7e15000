/** An item on Node's IPC channel, which the code in the pipeline uses for messages of its own. */
import type { PackedItem } from '@arena/payloads';

export interface IpcItem {
  /** The pipeline's token, which no other message holds. */
  readonly arenaItem: string;
  readonly epoch: number;
  readonly item?: unknown;
  /** Instead of `item`: what structured clone would not keep. */
  readonly packed?: PackedItem;
}

export function isIpcItem(message: unknown, token: string): message is IpcItem {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as Partial<IpcItem>).arenaItem === token
  );
}
