import { describe, expect, test } from 'vitest';
import { decide, type EngineFacts } from './engine-decision.ts';

const FRESH: EngineFacts = {
  host: 'unix:///var/run/docker.sock',
  chosenBy: undefined,
  answer: { kind: 'missing' },
  isRoot: true,
  user: 'root',
  isInstalled: false,
  hasApt: true,
  hasSystemd: true,
  runningEngine: undefined,
  socketGroup: 'docker',
  command: './scripts/start',
};
const ALICE = { isRoot: false, user: 'alice' } as const;

function advice(facts: Partial<EngineFacts>): string {
  const decision = decide({ ...FRESH, ...facts });
  return decision.action === 'refuse' ? decision.message : decision.action;
}

describe('the engine to use', () => {
  test('is the one that answers, whoever asks', () => {
    const answer = { kind: 'answers', version: '28.1' } as const;
    expect(decide({ ...FRESH, ...ALICE, answer })).toEqual({ action: 'use', version: '28.1' });
  });

  test('is installed and started by root on a fresh machine', () => {
    expect(decide(FRESH)).toEqual({ action: 'start', install: true, through: 'systemd' });
  });

  test('is started by hand where there is no systemd', () => {
    expect(
      decide({ ...FRESH, answer: { kind: 'stale' }, isInstalled: true, hasSystemd: false }),
    ).toEqual({ action: 'start', install: false, through: 'dockerd' });
  });
});

describe('the advice', () => {
  test('without permission names the group and what being in it means', () => {
    const text = advice({ ...ALICE, answer: { kind: 'forbidden' } });
    expect(text).toContain('sudo ./scripts/start');
    expect(text).toContain('sudo usermod -aG docker alice');
    expect(text).toContain('as good as root');
  });

  test('without an engine that runs says how to start it', () => {
    const stopped = { ...ALICE, isInstalled: true };
    expect(advice(stopped)).toContain('sudo systemctl start docker');
    expect(advice({ ...stopped, hasSystemd: false })).toContain('sudo ./scripts/start');
  });

  test('without an engine at all says what to install', () => {
    expect(advice(ALICE)).toContain('apt-get install docker.io');
    expect(advice({ hasApt: false })).toContain('https://docs.docker.com/engine/install/');
  });

  test('never replaces an engine that somebody chose', () => {
    const text = advice({ host: 'unix:///nowhere', chosenBy: 'DOCKER_HOST' });
    expect(text).toContain('unix:///nowhere, which DOCKER_HOST names');
  });

  test('never puts a second engine beside one on another socket', () => {
    expect(advice({ runningEngine: 42 })).toContain('process 42');
  });

  test('tells a silent engine from one that fails', () => {
    expect(advice({ answer: { kind: 'silent' } })).toContain('does not answer');
    expect(advice({ answer: { kind: 'failed', reason: 'getaddrinfo ENOTFOUND x' } })).toContain(
      'getaddrinfo ENOTFOUND x',
    );
  });
});
