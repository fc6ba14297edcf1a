import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import type { Manifest } from '../manifest.ts';

export type Entry = TarEntry;

export const file = (name: string, body: string): Entry => ({
  header: { name, size: Buffer.byteLength(body), type: 'file' },
  body,
});

/** The manifest of these files, with whatever is to be wrong about it. */
export function manifestOf(files: Readonly<Record<string, string>>, wrong: object = {}): Entry {
  const manifest: Manifest = {
    format: 'berth-backup',
    version: 1,
    berth: '0.1.0',
    time: '2026-11-23T10:00:00.000Z',
    revision: '0123456789abcdef',
    files: Object.entries(files).map(([path, text]) => ({
      path,
      size: Buffer.byteLength(text),
      sha256: hash('sha256', text, 'hex'),
    })),
  };
  return file('manifest.json', JSON.stringify({ ...manifest, ...wrong }));
}

export const entriesOf = (files: Readonly<Record<string, string>>): Entry[] =>
  Object.entries(files).map(([path, text]) => file(path, text));

/** An archive with exactly these entries, whatever they are. */
export async function forge(entries: readonly Entry[]): Promise<Buffer> {
  return gzipSync(await packTar(entries));
}

/** An archive as a backup makes it. */
export const honest = (files: Readonly<Record<string, string>>): Promise<Buffer> =>
  forge([manifestOf(files), ...entriesOf(files)]);
