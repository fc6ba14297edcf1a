import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { VERSION } from '@berth/contract';
import { createTarPacker } from 'modern-tar';
import { MANIFEST, type Manifest, type ManifestFile } from './manifest.ts';

/** The bytes of a file, in as many pieces as they lie in memory. */
export type Pieces = readonly Buffer[];

/** What a backup is made of: files by their paths in it. */
export interface Backup {
  readonly revision: string;
  readonly time: Date;
  readonly files: ReadonlyMap<string, Pieces>;
}

/** Writes a tar archive, compressed with gzip, that begins with its manifest. */
export async function writeArchive(
  { revision, time, files }: Backup,
  destination: Writable,
): Promise<Manifest> {
  const manifest: Manifest = {
    format: 'berth-backup',
    version: 1,
    berth: VERSION,
    time: time.toISOString(),
    revision,
    files: [...files].map(([path, pieces]) => describe(path, pieces)),
  };
  const { readable, controller } = createTarPacker();
  const add = async (name: string, pieces: Pieces): Promise<void> => {
    const size = sizeOf(pieces);
    const entry = controller.add({ name, size, type: 'file', mode: 0o600, mtime: time });
    const writer = entry.getWriter();
    for (const piece of pieces) await writer.write(piece);
    await writer.close();
  };
  const pack = async (): Promise<void> => {
    await add(MANIFEST, [Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`)]);
    for (const [path, pieces] of files) await add(path, pieces);
    controller.finalize();
  };
  await Promise.all([pipeline(Readable.fromWeb(readable), createGzip(), destination), pack()]);
  return manifest;
}

function describe(path: string, pieces: Pieces): ManifestFile {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return { path, size: sizeOf(pieces), sha256: hash.digest('hex') };
}

const sizeOf = (pieces: Pieces): number => pieces.reduce((sum, { length }) => sum + length, 0);
