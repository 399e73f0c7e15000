import { type FailedInspection, type Inspection, reportOf } from '@arena/shm-core/internal';

/** The text of a report, arena by arena. */
export function formatInspections(
  inspections: readonly (Inspection | FailedInspection)[],
  target: string | undefined,
): string {
  if (inspections.length === 0) return nothingFound(target);
  return inspections
    .map((inspection) =>
      'error' in inspection
        ? `${inspection.where}: ${inspection.error.message}`
        : `${inspection.where}: ${reportOf(inspection.snapshot, inspection.findings)}`,
    )
    .join('\n\n');
}

const nothingFound = (target: string | undefined) =>
  target === undefined
    ? 'No process that this user may look into has an arena open.'
    : `Process ${target} has no arena open.`;
