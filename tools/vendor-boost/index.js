/** Vendors Boost into packages/shm-core, if that has not been done: `node tools/vendor-boost` */
import { reportErrors } from '../setup/progress.js';
import { vendorBoost } from './vendor-boost.js';

await reportErrors(vendorBoost);
