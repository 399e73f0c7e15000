/** Builds the site into docs/build, and checks it: `node docs/site [--look]` */
import { build, siteFolder } from './build.js';
import { brokenLinks } from './links.js';
import { look } from './look.js';

/** @param {string[]} faults */
function report(faults) {
  for (const fault of faults) process.stderr.write(`docs: ${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
}

await build();
report(brokenLinks(siteFolder));
if (process.argv.includes('--look')) {
  report(await look(siteFolder).catch((error) => [error.message]));
}
if (!process.exitCode) process.stderr.write(`docs: open ${siteFolder}/index.html\n`);
