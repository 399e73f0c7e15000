import { describe, expect, it } from 'vitest';
import { ARROWS } from '../check-imports/arrows.js';
import { lackingPlaces } from '../check-packages/places.js';
import { root } from '../checkout/root.js';
import { workspaceOf } from './workspace.js';

const NODE = '>=20.19.0';

interface Manifest {
  readonly layer?: string;
  readonly targets?: readonly string[];
  readonly dependencies?: readonly string[];
  readonly node?: string;
}

const manifest = (
  name: string,
  { layer, targets = [], dependencies = [], node = NODE }: Manifest,
) => ({
  name: `@arena/${name}`,
  engines: { node },
  dependencies: Object.fromEntries(dependencies.map((to) => [`@arena/${to}`, '0.0.0'])),
  nx: {
    tags: layer === undefined ? [] : [`layer:${layer}`],
    targets: Object.fromEntries(targets.map((target) => [target, {}])),
  },
});

const targets = ['build', 'lint'];
const references = (...paths: string[]) => ({ references: paths.map((path) => ({ path })) });

/** A complete checkout: `packages/one` depends on `packages/two`. */
const WHOLE: Record<string, string | object> = {
  'package.json': { workspaces: ['packages/two', 'packages/one'], engines: { node: NODE } },
  'package-lock.json': { packages: { 'packages/one': {}, 'packages/two': {} } },
  'tsconfig.json': references('packages/two', 'packages/one'),
  'ARCHITECTURE.md': 'packages/one packages/two',
  'CONTRIBUTING.md': 'packages/one packages/two',
  'packages/one/package.json': manifest('one', { layer: 'cli', targets, dependencies: ['two'] }),
  'packages/one/tsconfig.json': references('../two'),
  'packages/one/src/index.ts': '',
  'packages/two/package.json': manifest('two', { layer: 'core', targets }),
  'packages/two/tsconfig.json': references(),
  'packages/two/src/index.ts': '',
};

/** Layers that no package of the small checkout has. */
const idle = (line: string) => line.startsWith('tools/check-imports/arrows.js');

const lackingIn = (files: Record<string, string | object>) =>
  lackingPlaces(workspaceOf({ ...WHOLE, ...files })).filter((line) => !idle(line));

describe('the packages of this checkout', () => {
  it('are named in every required place', () => {
    expect(lackingPlaces(root)).toEqual([]);
  });
});

describe('a checkout', () => {
  it('lacks nothing when every place names every package', () => {
    expect(lackingIn({})).toEqual([]);
  });

  it.each<[string, Record<string, string | object>, string[]]>([
    [
      'the list itself',
      { 'tools/new/package.json': manifest('new', { layer: 'tools', targets: ['lint'] }) },
      ['package.json: workspaces lacks tools/new'],
    ],
    [
      'the TypeScript solution',
      { 'tsconfig.json': references('packages/two') },
      ['tsconfig.json: references lacks packages/one'],
    ],
    [
      'the lockfile',
      { 'package-lock.json': { packages: { 'packages/two': {} } } },
      ['package-lock.json: lacks packages/one; run npm install'],
    ],
    ['the map', { 'ARCHITECTURE.md': 'packages/two' }, ['ARCHITECTURE.md: lacks packages/one']],
    ['the guide', { 'CONTRIBUTING.md': 'packages/two' }, ['CONTRIBUTING.md: lacks packages/one']],
    [
      'the references of a package that depends on it',
      { 'packages/one/tsconfig.json': references() },
      ['packages/one/tsconfig.json: references lacks ../two'],
    ],
    [
      'the dependencies of a package that refers to it',
      { 'packages/one/package.json': manifest('one', { layer: 'cli', targets }) },
      ['packages/one/tsconfig.json: refers to packages/two, which package.json does not depend on'],
    ],
  ])('with a place that lacks a package fails with the place: %s', (_, files, lines) => {
    expect(lackingIn(files)).toEqual(lines);
  });

  it('has a package for each layer that the arrows know', () => {
    const idleLayers = lackingPlaces(workspaceOf(WHOLE)).filter(idle);
    expect(idleLayers).toHaveLength(Object.keys(ARROWS).length - 2);
    expect(idleLayers).toContain(
      'tools/check-imports/arrows.js: no package has the layer transport',
    );
  });
});

describe('a package', () => {
  const path = 'packages/two/package.json';

  it('has a layer', () => {
    const [lacking] = lackingIn({ [path]: manifest('two', { targets }) });
    expect(lacking).toContain(`${path}: no nx tag layer:<name>`);
  });

  it('runs on the versions of Node that arena runs on', () => {
    expect(
      lackingIn({ [path]: manifest('two', { layer: 'core', targets, node: '>=18' }) }),
    ).toEqual([`${path}: engines.node is >=18, not ${NODE}`]);
  });

  it('has an nx target for each of its parts', () => {
    const files = { 'packages/two/tests/a.test.ts': '', 'packages/two/CMakeLists.txt': '' };
    expect(lackingIn({ ...files, [path]: manifest('two', { layer: 'core' }) })).toEqual(
      ['build', 'build-native', 'test', 'typecheck', 'lint'].map(
        (target) => `${path}: nx.targets lacks ${target}`,
      ),
    );
  });
});
