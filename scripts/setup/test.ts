/** ./scripts/test, once the dependencies are there. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Problem } from '@berth/contract';
import { CHECKOUT, commandLine } from './checkout.ts';
import { exitCodeOf, isInstalled } from './commands.ts';
import { endOwnEngine, ensureEngine } from './engine.ts';
import { installPackages, missingPackages } from './packages.ts';
import { describe, tell } from './report.ts';

/** What tests run besides the engine. */
const PACKAGES = [
  'busybox-static', // the smallest image
  'debootstrap', // a base image without a registry
  'docker-registry', // a real registry, on loopback
  'e2fsprogs', // small disks, to be filled
  'iproute2', // network namespaces
  'procps',
  'prometheus', // promtool, which knows whether Prometheus understands us
  'socat', // sockets that Node cannot make
  'tmux',
];

/** The last line, whatever happens: it is what a machine reads. */
let lastLine = '0 passed, 1 failed';
process.exitCode = 1;

// The child has the signal too and ends; what was set up for it is then removed.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

const folder = await mkdtemp(join(tmpdir(), 'berth-test-'));
try {
  await ensurePackages();
  const engine = await ensureEngine({
    configured: undefined,
    folder: join(folder, 'engine'),
    command: commandLine('test'),
  });
  try {
    if (!engine.host.startsWith('unix://')) {
      throw new Problem(
        'usage',
        `The tests look at this machine’s own networks and files, so they need an engine on it, and not ${engine.host}.`,
      );
    }
    await check(engine.host);
  } finally {
    if (engine.started) await endOwnEngine(join(folder, 'engine'));
  }
} catch (error) {
  process.exitCode = 1;
  console.error(`\n${describe(error)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
  console.log(lastLine);
}

async function ensurePackages(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Problem(
      'forbidden',
      `The tests make networks, mounts and engines of their own, which takes root: sudo ${commandLine('test')}`,
    );
  }
  if (!(await isInstalled('apt-get'))) {
    throw new Problem('forbidden', 'The tests need Debian or Ubuntu: they use its packages.');
  }
  const missing = await missingPackages(PACKAGES);
  if (missing.length === 0) {
    tell('Packages', 'all that the tests need are installed');
    return;
  }
  tell('Packages', `installing ${missing.join(', ')} …`);
  await installPackages(missing);
}

/** Runs all checks and tests, and shows what they say but for the last line, the count. */
async function check(engineHost: string): Promise<void> {
  const script = ['--require', './scripts/require-node.cjs', 'scripts/check.ts'];
  const child = spawn(process.execPath, script, {
    cwd: CHECKOUT,
    env: {
      ...process.env,
      BERTH_TEST_ENGINE: engineHost,
      // Tools that cache what they compile would do it in the machine’s own temporary folder.
      NODE_COMPILE_CACHE: join(CHECKOUT, '.cache/compile'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const forward = () => child.kill('SIGTERM');
  process.on('SIGTERM', forward);
  const exit = exitCodeOf(child);
  let held: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    if (held !== undefined) console.log(held);
    held = line;
  }
  const code = await exit;
  process.off('SIGTERM', forward);
  if (held !== undefined && /^\d+ passed, \d+ failed$/.test(held)) {
    lastLine = held;
    process.exitCode = code === 0 ? 0 : 1;
  } else if (held !== undefined) {
    console.log(held);
  }
}
