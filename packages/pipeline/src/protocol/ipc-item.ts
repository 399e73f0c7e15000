/** An item on Node's IPC channel. The code in the pipeline sends messages of its own there, too. */
import type { PackedItem } from '@arena/payloads';

export interface IpcItem {
  /** The pipeline's token. No message of the code in the pipeline holds it. */
  readonly arenaItem: string;
  readonly epoch: number;
  readonly item?: unknown;
  /** Sent instead of `item` when structured clone would lose a part of the item. */
  readonly packed?: PackedItem;
}

export function isIpcItem(message: unknown, token: string): message is IpcItem {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as Partial<IpcItem>).arenaItem === token
  );
}
