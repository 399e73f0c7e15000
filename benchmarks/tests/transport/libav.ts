/** Whether video works here. Where it does not, its tests are skipped. */
import { libavVersions } from '@arena/video';

function reasonAgainst(): string | undefined {
  try {
    libavVersions();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const reason = reasonAgainst();
if (reason !== undefined) console.warn(`Skipping tests of video: ${reason}`);

export const libav = { missing: reason !== undefined };
