import { rm, writeFile } from 'node:fs/promises';
import { attempt, run } from './commands.ts';
import { exists } from './files.ts';

const POLICY = '/usr/sbin/policy-rc.d';

/** Those of these Debian packages that are not installed. */
export async function missingPackages(names: readonly string[]): Promise<string[]> {
  const { stdout } = await attempt('dpkg-query', [
    '--show',
    '--showformat=${Package} ${db:Status-Status}\n',
    ...names,
  ]);
  const present = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !present.has(name));
}

/** Installs Debian packages, as root. None of the services in them is started. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };
  // Another apt may be at work, as on a machine that has just started: wait for it.
  const patience = ['-o', 'DPkg::Lock::Timeout=300'];
  await run('apt-get', [...patience, 'update', '-qq'], env);
  const hasPolicy = await exists(POLICY);
  // Debian’s way to say that packages must not start their services.
  if (!hasPolicy) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await run(
      'apt-get',
      [...patience, 'install', '-qq', '-y', '--no-install-recommends', ...names],
      env,
    );
  } finally {
    if (!hasPolicy) await rm(POLICY);
  }
}
