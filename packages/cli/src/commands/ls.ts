import type { NamedArena } from '@arena/shm-core';
import { ArenaCommand } from '../base-command.js';
import { formatArenas } from '../named/list.js';

export default class Ls extends ArenaCommand {
  static override summary =
    'List the named arenas of this machine: size, creator, and whether they are in use.';

  static override description =
    'Anonymous arenas are not listed. They are the default, have no name, and leave nothing behind.';

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
