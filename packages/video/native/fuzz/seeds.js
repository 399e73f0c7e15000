/**
 * Builds the libFuzzer targets with clang and runs them for a minute, beside one another:
 *
 *     npm run fuzz [-- <seconds>]
 *
 * Starts from small files that ffmpeg makes, and from packed packets of them. Ends with 1 and the
 * path of the input when one crashes, leaks, or asks for too much time or memory. Without libav
 * there is nothing to run.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demux, libavVersions } from '@arena/video';

const packageFolder = join(import.meta.dirname, '../..');
const build = join(packageFolder, 'build/fuzz');
const seconds = Number(process.argv[2] ?? 60);
const targets = ['metadata', 'demux'];

/** Smallest clips of the containers and codecs that are most used. */
const seeds = [
  ['h264.mp4', '-c:v', 'libx264', '-bf', '2', '-g', '4'],
  ['h264.ts', '-c:v', 'libx264', '-bf', '1', '-g', '4'],
  ['vp8.webm', '-c:v', 'libvpx', '-g', '4'],
  ['mjpeg.avi', '-c:v', 'mjpeg'],
  ['mpeg4.mkv', '-c:v', 'mpeg4', '-g', '4'],
  ['raw.h264', '-c:v', 'libx264', '-g', '4'],
];

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  return status === 0;
}

function buildTargets() {
  const flags =
    '-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1';
  const configured = run('cmake', [
    ...['-S', packageFolder, '-B', build, '-DARENA_FUZZ=ON', '-DCMAKE_BUILD_TYPE=None'],
    ...['-DCMAKE_CXX_COMPILER=clang++-16', `-DCMAKE_CXX_FLAGS=${flags}`],
  ]);
  const wanted = ['--target', ...targets.map((target) => `fuzz_${target}`)];
  return configured && run('cmake', ['--build', build, '--parallel', '2', ...wanted]);
}

async function writeSeeds(folder) {
  const input = ['-f', 'lavfi', '-i', 'testsrc2=size=16x16:rate=8:duration=1'];
  mkdirSync(join(folder, 'demux'));
  mkdirSync(join(folder, 'metadata'));
  for (const [name, ...encoder] of seeds) {
    const path = join(folder, 'demux', name);
    execFileSync('ffmpeg', ['-loglevel', 'error', '-nostdin', ...input, ...encoder, path]);
    const packets = await demux(path);
    const packed = new Uint8Array(packets.packedByteLength);
    packets.copyTo(packed);
    writeFileSync(join(folder, 'metadata', name), packed);
  }
}

/** A finding stays in the build folder; what was only tried goes with the seeds. */
async function fuzz(target, folder) {
  const limits = ['-timeout=20', '-rss_limit_mb=2048', '-max_len=65536', '-close_fd_mask=1'];
  const findings = join(build, `${target}-finding-`);
  // One seed: a build server looks for what a change broke; other seeds are for hunting by hand.
  const args = ['-seed=1', `-max_total_time=${seconds}`, ...limits, `-artifact_prefix=${findings}`];
  const child = spawn(join(build, `fuzz_${target}`), [...args, join(folder, target)], {
    env: { ...process.env, UBSAN_OPTIONS: 'print_stacktrace=1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const [status] = await once(child, 'close');
  // Thousands of lines tell of inputs that found something new; the last one of all of them.
  if (status === 0) console.log(`fuzz_${target}: ${log.trim().split('\n').at(-1)}`);
  else console.error(log);
  return status === 0;
}

async function fuzzAll() {
  const folder = mkdtempSync(join(tmpdir(), 'arena-video-fuzz-'));
  try {
    if (!buildTargets()) return false;
    await writeSeeds(folder);
    const passed = await Promise.all(targets.map((target) => fuzz(target, folder)));
    return passed.every(Boolean);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function reasonAgainst() {
  try {
    libavVersions();
    return undefined;
  } catch (error) {
    return error.message;
  }
}

const reason = reasonAgainst();
if (reason !== undefined) {
  console.warn(`Nothing to fuzz: ${reason}`);
} else if (!(await fuzzAll())) {
  for (const name of readdirSync(build).filter((it) => it.includes('finding'))) {
    console.error(`found: ${join(build, name)}`);
  }
  process.exitCode = 1;
}
