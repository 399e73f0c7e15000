import { StartedProcess } from '../kit/processes/started-process.js';
import type { PartnerProcess } from './partner-process.js';

/** The process at the other end of the links that are measured. */
export type Partner = StartedProcess<PartnerProcess>;

export const startPartner = (): Partner =>
  new StartedProcess<PartnerProcess>(new URL('partner-process.js', import.meta.url), {
    name: 'the partner process',
  });
