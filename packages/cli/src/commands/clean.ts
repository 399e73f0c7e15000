import { ArenaCommand } from '../base-command.js';

export default class Clean extends ArenaCommand {
  static override summary =
    'Remove named arenas that no process has open and whose creator is dead.';

  static override examples = ['<%= config.bin %> <%= command.id %>'];

  static override enableJsonFlag = true;

  async run(): Promise<{ removed: string[] }> {
    await this.parse(Clean);
    const { sweepStaleArenas } = await import('@arena/shm-core');
    const removed = sweepStaleArenas();
    this.log(removed.length === 0 ? 'Nothing to remove.' : `Removed ${removed.join(', ')}.`);
    return { removed };
  }
}
