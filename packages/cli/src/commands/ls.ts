import type { NamedArena } from '@arena/shm-core';
import { ArenaCommand } from '../base-command.js';
import { formatArenas } from '../named/list.js';

export default class Ls extends ArenaCommand {
  static override summary = 'List the named arenas of this machine: size, creator, whether in use.';

  static override description =
    'Anonymous arenas, which are the default, are not listed: they have no name, and leave nothing behind.';

  static override examples = ['<%= config.bin %> <%= command.id %>'];

  static override enableJsonFlag = true;

  async run(): Promise<NamedArena[]> {
    await this.parse(Ls);
    const { listNamedArenas } = await import('@arena/shm-core');
    const arenas = listNamedArenas();
    this.log(formatArenas(arenas));
    return arenas;
  }
}
