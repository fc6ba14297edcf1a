import { cpus, release, totalmem } from 'node:os';
import type { Bench } from './bench.ts';
import { run } from './programs.ts';

/** What the figures were measured on: they mean nothing without it. */
export async function machineLine({ engine, docker, wrk, signal }: Bench): Promise<string> {
  const { Version } = await engine.docker.version();
  const { stdout } = await run(docker, ['--version'], { signal });
  const [cpu] = cpus();
  const gigabytes = (totalmem() / 1e9).toFixed(0);
  return [
    `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${gigabytes} GB of memory`,
    `Linux ${release()}`,
    `Node ${process.versions.node}`,
    `Docker Engine ${Version}`,
    `${docker} ${/version (\S+),/.exec(stdout)?.[1] ?? stdout.trim()}`,
    wrk,
  ].join(' · ');
}
