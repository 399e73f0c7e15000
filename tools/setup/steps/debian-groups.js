/** Debian packages, in groups by purpose. */
import { dirname, join } from 'node:path';

/**
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {string} [version] The version of Debian 12; absent when security updates replace it.
 * @property {string} [provides] A command or a header. The package is not needed when it exists.
 */

/**
 * @typedef {object} DebianGroup
 * @property {string} purpose
 * @property {boolean} required Whether set-up fails without it.
 * @property {DebianPackage[]} packages
 */

/** @type {Record<string, DebianGroup>} */
export const GROUPS = {
  build: {
    purpose: 'compiling the native code',
    required: true,
    packages: [
      { name: 'cmake', version: '3.25.1-1', provides: 'cmake' },
      { name: 'g++', version: '4:12.2.0-3', provides: 'g++' },
      { name: 'make', version: '4.3-4.1', provides: 'make' },
      { name: 'doctest-dev', version: '2.4.9~ds-1', provides: '/usr/include/doctest/doctest.h' },
      { name: 'libuv1-dev', provides: join(dirname(process.execPath), '../include/node/uv.h') },
    ],
  },
  video: {
    purpose: 'video (everything else works without)',
    required: false,
    packages: [
      { name: 'pkg-config', version: '1.8.1-1', provides: 'pkg-config' },
      { name: 'libavformat-dev' },
      { name: 'libavcodec-dev' },
      { name: 'libavutil-dev' },
      { name: 'libswscale-dev' },
      { name: 'ffmpeg', provides: 'ffmpeg' },
    ],
  },
  check: {
    purpose: 'running the tests in a terminal',
    required: true,
    packages: [{ name: 'bsdutils', provides: 'script' }],
  },
  format: {
    purpose: 'checking the format of the C++ code',
    required: true,
    packages: [
      { name: 'clang-format-16', version: '1:16.0.6-15~deb12u1', provides: 'clang-format-16' },
    ],
  },
  model: {
    purpose: 'checking the models of the core',
    required: true,
    packages: [{ name: 'spin', version: '6.5.2+dfsg-1', provides: 'spin' }],
  },
  arm: {
    purpose: 'building for Arm, and running that under an emulator',
    required: true,
    packages: [
      {
        name: 'g++-aarch64-linux-gnu',
        version: '4:12.2.0-3',
        provides: 'aarch64-linux-gnu-g++',
      },
      { name: 'qemu-user', provides: 'qemu-aarch64' },
    ],
  },
  sanitize: {
    purpose: 'the native tests under sanitizers',
    required: true,
    packages: [
      { name: 'clang-16', version: '1:16.0.6-15~deb12u1', provides: 'clang++-16' },
      {
        name: 'libclang-rt-16-dev',
        version: '1:16.0.6-15~deb12u1',
        provides: '/usr/lib/llvm-16/lib/clang/16/lib/linux',
      },
    ],
  },
};
