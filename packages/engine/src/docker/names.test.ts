import { describe, expect, test } from 'vitest';
import { createDockerEngine } from './engine.ts';
import { checkedId, checkedName, isReference, withTag } from './names.ts';

const DANGEROUS = ['', '.', '..', '../info?x=', 'bob/kill?x=', 'a b', 'a\n', '/a', '%2e%2e', '-a'];

describe('what reaches a URL of the engine', () => {
  test.each(DANGEROUS)('is never %j', (text) => {
    expect(() => checkedName(text)).toThrow('Not a name in the engine');
    expect(() => checkedId(text)).toThrow('Not a container’s id');
    expect(isReference(text)).toBe(false);
  });

  test.each(DANGEROUS)('an engine is not asked about %j', async (text) => {
    // Nothing listens there: a call that got through would fail with another error.
    const host = 'unix:///nonexistent/docker.sock';
    const engine = createDockerEngine({ host, timeoutMs: 1000, pullStallMs: 1000 });
    const id = text as Parameters<typeof engine.startContainer>[0];
    const labels = {};
    for (const work of [
      () => engine.startContainer(id),
      () => engine.stopContainer(id, 0),
      () => engine.removeContainer(id),
      () => engine.containerNamed(text),
      () => engine.createNetwork({ name: text, labels, subnet: '10.0.0.0/28' }),
      () => engine.removeNetwork(text),
      () => engine.createVolume({ name: text, labels }),
      () => engine.removeVolume(text),
    ]) {
      await expect(work()).rejects.toThrow(/^Not a /);
    }
    await expect(engine.hasImage(text)).resolves.toBe(false);
  });

  test('ids are 64 hex digits, no fewer', () => {
    expect(checkedId('0f'.repeat(32))).toBe('0f'.repeat(32));
    for (const other of ['0f'.repeat(6), '0F'.repeat(32), `${'0f'.repeat(32)}\n`]) {
      expect(() => checkedId(other)).toThrow('Not a container’s id');
    }
  });
});

describe('references', () => {
  test.each([
    'busybox',
    'library/busybox:1.36',
    'registry.example:5000/team/lab:2026.11',
    'localhost/a__b/c-d',
    `ghcr.io/a/b@sha256:${'0'.repeat(64)}`,
    `ghcr.io/a/b:1@sha256:${'0'.repeat(64)}`,
  ])('%s is one', (reference) => {
    expect(isReference(reference)).toBe(true);
  });

  test.each(['Busybox', 'a/../../info', 'a//b', 'a:', 'a@sha256:12', 'a:b:c', 'https://a/b'])(
    '%s is none',
    (reference) => {
      expect(isReference(reference)).toBe(false);
    },
  );

  test('without a tag the latest is meant, not all', () => {
    expect(withTag('busybox')).toBe('busybox:latest');
    expect(withTag('localhost:5000/busybox')).toBe('localhost:5000/busybox:latest');
    expect(withTag('localhost:5000/busybox:1')).toBe('localhost:5000/busybox:1');
    const pinned = `busybox@sha256:${'0'.repeat(64)}`;
    expect(withTag(pinned)).toBe(pinned);
  });
});
