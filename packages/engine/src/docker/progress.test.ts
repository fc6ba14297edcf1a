import { describe, expect, test } from 'vitest';
import { createLayers, type PullLine } from './progress.ts';

const heard = (lines: readonly PullLine[]) => lines.map(createLayers()).filter(Boolean);
const layer = 'a1b2c3';

describe('progress of a pull', () => {
  test('a layer waits, comes, is unpacked and is done', () => {
    const lines = [
      { status: 'Pulling from library/busybox', id: '1' },
      { status: 'Pulling fs layer', id: layer, progressDetail: {} },
      { status: 'Downloading', id: layer, progressDetail: { current: 50, total: 100 } },
      { status: 'Verifying Checksum', id: layer, progressDetail: {} },
      { status: 'Download complete', id: layer, progressDetail: {} },
      { status: 'Extracting', id: layer, progressDetail: { current: 100, total: 100 } },
      { status: 'Pull complete', id: layer, progressDetail: {} },
      { status: 'Digest: sha256:…' },
    ];
    expect(heard(lines)).toEqual([
      { layer, status: 'waiting' },
      { layer, status: 'downloading', current: 50, total: 100 },
      { layer, status: 'downloading', current: 100, total: 100 },
      { layer, status: 'extracting', current: 100, total: 100 },
      { layer, status: 'done', current: 100, total: 100 },
    ]);
  });

  test('a layer that is present already is done without sizes', () => {
    expect(heard([{ status: 'Already exists', id: layer }])).toEqual([{ layer, status: 'done' }]);
  });

  test('a layer that is fetched again waits for it', () => {
    const lines = [
      { status: 'Downloading', id: layer, progressDetail: { current: 50, total: 100 } },
      { status: 'Retrying in 5 seconds', id: layer },
      { status: 'Retrying in 4 seconds', id: layer },
    ];
    expect(heard(lines).at(-1)).toEqual({ layer, status: 'waiting', total: 100 });
    expect(heard(lines)).toHaveLength(2);
  });

  test('a size that the registry has not told is absent', () => {
    const lines = [{ status: 'Downloading', id: layer, progressDetail: { current: 5, total: -1 } }];
    expect(heard(lines)).toEqual([{ layer, status: 'downloading', current: 5 }]);
  });
});
