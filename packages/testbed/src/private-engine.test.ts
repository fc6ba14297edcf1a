import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { busyboxImage, importBusybox } from './busybox-image.ts';
import { startPrivateEngine, type PrivateEngine } from './private-engine.ts';

const run = promisify(execFile);

describe('a private engine', () => {
  let parent: string;
  let directory: string;
  let engine: PrivateEngine | undefined;
  let docker: Docker;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'berth engine-'));
    directory = join(parent, 'e');
  });

  afterEach(async () => {
    await engine?.stop();
    engine = undefined;
    await rm(parent, { recursive: true });
  });

  async function start(options: { diskMegabytes?: number } = {}): Promise<PrivateEngine> {
    engine = await startPrivateEngine({ directory, ...options });
    docker = engine.docker;
    return engine;
  }

  async function runContainer(name: string): Promise<void> {
    const container = await docker.createContainer({
      name,
      Image: await busyboxImage(docker),
      Cmd: ['sleep', '1d'],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { Init: true, PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
    });
    await container.start();
  }

  async function states(): Promise<string[]> {
    const containers = await docker.listContainers({ all: true });
    return containers.map((container) => `${container.Names.join()} ${container.State}`);
  }

  test('runs containers on a network of its own', async () => {
    await start();
    await runContainer('lab');
    expect(await states()).toEqual(['/lab running']);
    const inspected = await docker.getContainer('lab').inspect();
    expect(inspected.NetworkSettings.Networks['bridge']?.IPAddress).toMatch(/^172\./);
  });

  test('still has its containers after it was killed and started again', async () => {
    const own = await start();
    await runContainer('lab');
    await own.kill();
    await expect(docker.ping()).rejects.toThrow(/ECONNREFUSED/);
    await own.restart();
    expect(await states()).toEqual(['/lab exited']);
    await docker.getContainer('lab').start();
    expect(await states()).toEqual(['/lab running']);
  });

  test('is frozen while it is paused, and answers what was asked when it resumes', async () => {
    const own = await start();
    await own.pause();
    const listed = docker.listContainers();
    expect(await readFile(`/proc/${own.pid}/status`, 'utf8')).toContain('T (stopped)');
    own.resume();
    expect(await listed).toEqual([]);
  });

  test('runs out of disk where it was given a small one', async () => {
    await start({ diskMegabytes: 32 });
    const big = { 'tmp/big': new Uint8Array(64 * 1024 * 1024) };
    await expect(importBusybox(docker, 'big:1', big)).rejects.toThrow(/no space left on device/);
  });

  test.each(['running', 'paused', 'killed'])(
    'leaves nothing when stopped while %s',
    async (state) => {
      const own = await start({ diskMegabytes: 64 });
      await runContainer('lab');
      if (state === 'paused') await own.pause();
      if (state === 'killed') await own.kill();
      expect(await remains()).not.toEqual([]);
      await own.stop();
      expect(await remains()).toEqual([]);
    },
  );

  /** What names the directory among mounts, processes, loop devices and files. */
  async function remains(): Promise<string[]> {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    const { stdout: processes } = await run('ps', ['-e', '-o', 'args=']);
    const { stdout: loops } = await run('losetup', [
      '--list',
      '--noheadings',
      '--output',
      'BACK-FILE',
    ]);
    const lines = [
      ...mounts.replaceAll('\\040', ' ').split('\n'),
      ...processes.split('\n'),
      ...loops.split('\n'),
    ];
    return [...(await readdir(parent)), ...lines.filter((line) => line.includes(directory))];
  }
});
