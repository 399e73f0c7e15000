/** Makes the site with TypeDoc: the guides, and the API of every package that users import. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Application, PageEvent } from 'typedoc';

const top = fileURLToPath(new URL('../..', import.meta.url));
const docs = `${top}docs`;
export const siteFolder = `${docs}/build`;

/** In the order in which readers need them. */
const PACKAGES = ['transport-pool', 'transport-ring', 'payloads', 'pipeline', 'video', 'shm-core'];

/** The guides and their names in the list of pages, in the order in which readers need them. */
const GUIDES = new Map([
  ['getting-started', 'Getting started'],
  ['choosing-a-transport', 'Choosing a transport'],
  ['sizing', 'Sizing an arena'],
  ['lifetimes', 'Lifetimes and using'],
  ['backpressure', 'Backpressure'],
  ['failure-and-recovery', 'Failure and recovery'],
  ['containers', 'Containers'],
  ['performance', 'Performance'],
  ['troubleshooting', 'Errors'],
  ['recipes', 'Recipes'],
  ['comparison', 'Comparison'],
  ['internals', 'Internals'],
]);

/** @type {import('typedoc').TypeDocOptions} */
const OPTIONS = {
  name: 'arena',
  readme: `${docs}/guides/index.md`,
  tsconfig: `${docs}/site/tsconfig.json`,
  entryPoints: PACKAGES.map((name) => `${top}packages/${name}/src/index.ts`),
  projectDocuments: [...GUIDES.keys()].map((name) => `${docs}/guides/${name}.md`),
  sortEntryPoints: false,
  sort: ['documents-first', 'source-order'],
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  hideGenerator: true,
  includeHierarchySummary: false,
  includeVersion: false,
  searchInDocuments: true,
  searchInComments: true,
  customCss: `${docs}/site/style.css`,
  highlightLanguages: ['js', 'ts', 'typescript', 'javascript', 'json', 'shellscript', 'dockerfile'],
  navigation: { includeCategories: false, includeGroups: false, includeFolders: false },
  validation: { notExported: false, invalidLink: true, notDocumented: false },
  treatWarningsAsErrors: true,
  skipErrorChecking: true,
};

/**
 * Each page loads its icons by a script as well. Pages of `file://` may not refer to the picture file, and
 * the browser would report an error for each icon.
 */
const OUTER_ICON = /href="[^"]*assets\/icons\.svg#/g;

/** @throws {Error} TypeDoc has warned, for instance of a link to nowhere. */
export async function build() {
  const app = await Application.bootstrapWithPlugins(OPTIONS);
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc cannot read the sources');
  for (const child of project.children ?? []) {
    child.name = `@arena/${child.name.replace(/\/src$/, '')}`;
  }
  for (const guide of project.documents ?? []) guide.name = GUIDES.get(guide.name) ?? guide.name;
  app.validate(project);
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = (page.contents ?? '').replace(OUTER_ICON, 'href="#');
  });
  rmSync(siteFolder, { recursive: true, force: true });
  await app.generateDocs(project, siteFolder);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) {
    throw new Error('TypeDoc has warned: see above');
  }
}
