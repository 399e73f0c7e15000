import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wrongImports } from '../check-imports/check.js';
import { circlesOfFolders } from '../check-imports/circles.js';
import { wrongMap } from '../check-imports/map.js';
import { root } from '../checkout/root.js';
import { workspaceOf } from './workspace.js';

const manifest = (name: string, layer: string, dependencies: string[] = []) => ({
  name: `@arena/${name}`,
  dependencies: Object.fromEntries(dependencies.map((to) => [`@arena/${to}`, '0.0.0'])),
  nx: { tags: [`layer:${layer}`] },
});

const PACKAGES = {
  'packages/shm-core/package.json': manifest('shm-core', 'core'),
  'packages/transport-pool/package.json': manifest('transport-pool', 'transport', ['shm-core']),
  'packages/transport-ring/package.json': manifest('transport-ring', 'transport', ['shm-core']),
  'packages/video/package.json': manifest('video', 'video', ['shm-core']),
  'packages/cli/package.json': manifest('cli', 'cli', ['shm-core', 'video']),
  'tools/testkit/package.json': manifest('testkit', 'testkit', ['shm-core']),
};

/** The faults of a checkout that has these files in addition to the packages above. */
function wrongIn(files: Record<string, string | object>) {
  const all = { ...PACKAGES, ...files };
  const manifests = Object.keys(all).filter((path) => path.endsWith('/package.json'));
  const workspaces = manifests.map((path) => dirname(path));
  return wrongImports(workspaceOf({ ...all, 'package.json': { workspaces } }));
}

describe('the packages of this checkout', () => {
  it('keep to the arrows, and the native core to itself', () => {
    expect(wrongImports(root)).toEqual([]);
  });
});

describe('an import', () => {
  it('along an arrow is right', () => {
    const source = "import { ArenaError } from '@arena/shm-core';\nimport './segment.js';";
    expect(wrongIn({ 'packages/transport-pool/src/index.ts': source })).toEqual([]);
  });

  it.each([
    ['static', "import { x } from '@arena/transport-ring';"],
    ['of types', "import type { x } from '@arena/transport-ring';"],
    ['inside a type', "let x: import('@arena/transport-ring').X;"],
    ['re-exported', "export * from '@arena/transport-ring';"],
    ['dynamic', "await import('@arena/transport-ring');"],
    ['by require', "require('@arena/transport-ring');"],
    ['resolved', "import.meta.resolve('@arena/transport-ring');"],
    ['of a subpath', "import '@arena/transport-ring/reader';"],
  ])('of a sibling is wrong: %s', (_, source) => {
    const [wrong] = wrongIn({ 'packages/transport-pool/src/index.ts': `\n${source}` });
    expect(wrong).toContain('packages/transport-pool/src/index.ts:2: transport may not import');
  });

  it('against an arrow is wrong in a test, too', () => {
    const source = "import '@arena/transport-pool';";
    expect(wrongIn({ 'packages/shm-core/tests/a.test.ts': source })).toEqual([
      'packages/shm-core/tests/a.test.ts:1: core may not import @arena/transport-pool',
    ]);
  });

  it('by a path into another package is wrong even along an arrow', () => {
    const source = "import '../../shm-core/src/errors.js';";
    expect(wrongIn({ 'packages/transport-pool/src/index.ts': source })).toEqual([
      'packages/transport-pool/src/index.ts:1: reaches into packages/shm-core by a path; import @arena/shm-core',
    ]);
  });

  it('of a devDependency is right in a test, and wrong in shipped files', () => {
    const source = "import '@arena/transport-pool';";
    const files = {
      'packages/video/package.json': {
        ...PACKAGES['packages/video/package.json'],
        devDependencies: { '@arena/transport-pool': '0.0.0' },
      },
    };
    expect(wrongIn({ ...files, 'packages/video/tests/a.test.ts': source })).toEqual([]);
    expect(wrongIn({ ...files, 'packages/video/src/a.ts': source })).toEqual([
      'packages/video/src/a.ts:1: video may not import @arena/transport-pool',
    ]);
  });

  it('that package.json does not name is wrong', () => {
    const source = "import '@arena/transport-pool';";
    expect(wrongIn({ 'packages/cli/src/index.ts': source })).toEqual([
      'packages/cli/src/index.ts:1: packages/cli/package.json does not name @arena/transport-pool',
    ]);
  });

  it('of video is right only where it is loaded when used', () => {
    const lazy = "const video = () => import('@arena/video');";
    expect(wrongIn({ 'packages/cli/src/index.ts': lazy })).toEqual([]);
    const [wrong] = wrongIn({ 'packages/cli/src/index.ts': "import '@arena/video';" });
    expect(wrong).toContain('@arena/video may only be loaded with import()');
    expect(wrongIn({ 'packages/cli/micro/decode.mjs': "import '@arena/video';" })).toEqual([]);
  });

  it('of anything that it names is right in an example', () => {
    const files = {
      'examples/package.json': manifest('examples', 'examples', ['video', 'transport-pool']),
      'examples/first/main.mjs': "import '@arena/video';\nimport '@arena/transport-pool';",
    };
    expect(wrongIn(files)).toEqual([]);
    expect(wrongIn({ ...files, 'examples/second/main.mjs': "import '@arena/shm-core';" })).toEqual([
      'examples/second/main.mjs:1: examples/package.json does not name @arena/shm-core',
    ]);
  });
});

describe('a package', () => {
  it('depends on nothing that it may not import', () => {
    const file = 'packages/shm-core/package.json';
    expect(wrongIn({ [file]: manifest('shm-core', 'core', ['cli']) })).toEqual([
      `${file}: core may not depend on @arena/cli`,
    ]);
  });
});

it('a devDependency is not built from the package itself', () => {
  const file = 'packages/shm-core/package.json';
  const declared = { ...PACKAGES[file], devDependencies: { '@arena/cli': '0.0.0' } };
  expect(wrongIn({ [file]: declared })).toEqual([
    `${file}: @arena/cli is built from @arena/shm-core itself`,
  ]);
});

describe('the native core', () => {
  it.each(['node_api.h', 'napi.h', 'uv.h', 'node.h', 'js_native_api.h', 'v8.h'])(
    'may not include %s',
    (header) => {
      const source = `#pragma once\n#  include <${header}>\n`;
      expect(wrongIn({ 'packages/shm-core/native/core/region.hpp': source })).toEqual([
        `packages/shm-core/native/core/region.hpp:2: the native core may not include ${header}`,
      ]);
    },
  );

  it('may include Boost and itself; the binding may include Node', () => {
    const files = {
      'packages/shm-core/native/core/region.cpp':
        '#include "region.hpp"\n#include <boost/interprocess/mapped_region.hpp>\n',
      'packages/shm-core/native/binding/addon.cpp': '#include <napi.h>\n',
    };
    expect(wrongIn(files)).toEqual([]);
  });
});

describe('the folders of tools', () => {
  it('import each other in no circle', () => {
    expect(circlesOfFolders(root)).toEqual([]);
  });

  it('are named where they do', () => {
    const top = workspaceOf({
      'tools/one/a.js': "import '../two/b.js';\nimport './own.js';",
      'tools/one/own.js': "import './a.js';",
      'tools/two/b.js': "import '../three/c.js';",
      'tools/three/c.js': "import '../one/own.js';\nimport 'node:fs';",
      'tools/four/d.js': "import '../one/a.js';",
    });
    const [circle, ...others] = circlesOfFolders(top);
    expect(circle).toMatch(
      /^tools\/(one -> tools\/two|two -> tools\/three|three -> tools\/one) -> /,
    );
    expect(others).toEqual([]);
  });
});

describe('the map in ARCHITECTURE.md', () => {
  const MAP = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const CORE_FILES = 'Files of `native/core`:';
  const NO_PATHS = MAP.replaceAll('| `', '| ').replace(CORE_FILES, 'Files:');

  /** The faults of the map when `before` is replaced by `after`. */
  const wrongWith = (before: string, after: string) => {
    expect(NO_PATHS).toContain(before);
    return wrongMap(workspaceOf({ 'ARCHITECTURE.md': NO_PATHS.replace(before, after) }));
  };

  it('shows the arrows of the rules, and folders that are there', () => {
    expect(wrongMap(root)).toEqual([]);
  });

  it('is wrong when it lacks an arrow', () => {
    expect(wrongWith('► payloads, core', '► core')).toEqual([
      'ARCHITECTURE.md: lacks video -> payloads',
    ]);
  });

  it('is wrong when it draws an arrow that no rule has', () => {
    expect(wrongWith('► payloads, core', '► payloads, transport, core')).toEqual([
      'ARCHITECTURE.md: draws video -> transport, which tools/check-imports/arrows.js does not have',
    ]);
  });

  it('is wrong when it hides that a layer is loaded lazily', () => {
    expect(wrongWith('► benchmarks, video (lazily)', '► benchmarks, video')).toEqual([
      'ARCHITECTURE.md: lacks cli -> video (lazily)',
      'ARCHITECTURE.md: draws cli -> video, which tools/check-imports/arrows.js does not have',
    ]);
  });

  it('is wrong when an arrow points upwards', () => {
    const [row = ''] = /^core ─*► no layer\n/m.exec(MAP) ?? [];
    const upside = NO_PATHS.replace(row, '').replace('examples ──', `${row}examples ──`);
    const wrong = wrongMap(workspaceOf({ 'ARCHITECTURE.md': upside }));
    expect(wrong).toContain('ARCHITECTURE.md: testkit -> core points upwards');
  });

  it('is wrong when it names a file of the core that is not there', () => {
    expect(wrongWith('', `${CORE_FILES}\n\n- \`gone\`: nothing\n\n`)).toEqual([
      'ARCHITECTURE.md: names packages/shm-core/native/core/gone.hpp, which is not there',
    ]);
  });

  it('is wrong when it names a folder that is not there', () => {
    expect(wrongWith('', '| `packages/gone` | nothing |\n')).toEqual([
      'ARCHITECTURE.md: names packages/gone, which is not there',
    ]);
  });
});
