import { ArenaCommand } from '../base-command.js';
import { examine, type Finding } from '../doctor/checks.js';
import { formatFindings } from '../doctor/report.js';

export default class Doctor extends ArenaCommand {
  static override summary =
    'Check which parts of arena work on this machine, and print a remedy for each part that does not.';

  static override description = 'Changes nothing. Exits with 1 when arena cannot work here.';

  static override examples = ['<%= config.bin %> <%= command.id %>'];

  static override enableJsonFlag = true;

  async run(): Promise<{ findings: Finding[] }> {
    await this.parse(Doctor);
    const findings = await examine();
    this.log(formatFindings(findings));
    if (findings.some(({ status }) => status === 'broken')) process.exitCode = 1;
    return { findings };
  }
}
