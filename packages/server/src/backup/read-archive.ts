import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline, Readable, Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline as finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { makeFolder } from '@berth/config';
import { Problem } from '@berth/contract';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import {
  damaged,
  MANIFEST,
  MOST_MANIFEST_BYTES,
  parseManifest,
  quoted,
  type Manifest,
  type ManifestFile,
} from './manifest.ts';

/** An entry's header and padding come to less than this. */
const ENTRY_OVERHEAD = 2 * 512;
/** The end of an archive, rounded up as tar(1) does. */
const END = 64 * 1024;

/**
 * Unpacks a backup into an empty folder, in which nothing but the files of its manifest ever appears.
 * Throws `bad_request` for anything that our own backups never hold: another kind of entry than a
 * plain file, a path that the manifest does not name, a file twice, other bytes than the manifest
 * tells, more of them, or fewer.
 */
export async function readArchive(source: Readable, stage: string): Promise<Manifest> {
  const meter = createMeter(MOST_MANIFEST_BYTES + ENTRY_OVERHEAD + END);
  // What fails here fails the reading of the entries, too.
  pipeline(source, createGunzip(), meter.stream, () => undefined);
  const entries = Readable.toWeb(meter.stream).pipeThrough(createTarDecoder({ strict: true }));
  let manifest: Manifest | undefined;
  const missing = new Map<string, ManifestFile>();
  try {
    for await (const entry of entries) {
      if (manifest === undefined) {
        manifest = await readManifest(entry);
        for (const file of manifest.files) missing.set(file.path, file);
        meter.allow(sizeOf(entry, manifest));
        continue;
      }
      const file = missing.get(entry.header.name);
      if (file === undefined) {
        throw damaged(`it holds what its manifest does not name: ${quoted(entry.header.name)}`);
      }
      missing.delete(file.path);
      await unpack(entry, file, join(stage, file.path));
    }
  } catch (error) {
    throw translated(error);
  }
  const [lacking] = missing.keys();
  if (manifest === undefined || lacking !== undefined) {
    throw damaged(`${lacking ?? MANIFEST} is missing`);
  }
  return manifest;
}

interface Meter {
  readonly stream: Transform;
  allow(bytes: number): void;
}

/** Fails with the first byte too many: a few kilobytes can unpack to more than any disk holds. */
function createMeter(bytes: number): Meter {
  let allowed = bytes;
  let passed = 0;
  return {
    allow: (more) => {
      allowed = more;
    },
    stream: new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        passed += chunk.length;
        if (passed > allowed) done(damaged('it holds more than its manifest tells'));
        else done(null, chunk);
      },
    }),
  };
}

/** How many bytes the whole archive may have. */
const sizeOf = ({ header }: ParsedTarEntry, { files }: Manifest): number =>
  files.reduce((sum, { size }) => sum + size + ENTRY_OVERHEAD, header.size + ENTRY_OVERHEAD + END);

async function readManifest({ header, body }: ParsedTarEntry): Promise<Manifest> {
  if (header.name !== MANIFEST || header.type !== 'file') {
    throw damaged(`it does not begin with ${MANIFEST}`);
  }
  if (header.size > MOST_MANIFEST_BYTES) throw damaged(`its ${MANIFEST} is too large`);
  return parseManifest(await text(Readable.fromWeb(body)));
}

async function unpack(
  { header, body }: ParsedTarEntry,
  { path, size, sha256 }: ManifestFile,
  target: string,
): Promise<void> {
  if (header.type !== 'file') throw damaged(`${path} is a ${header.type} and not a plain file`);
  if (header.size !== size) throw damaged(`${path} has another size than its manifest tells`);
  const hash = createHash('sha256');
  await makeFolder(dirname(target));
  await finished(
    Readable.fromWeb(body),
    async function* hashed(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(target, { flags: 'wx', mode: 0o600 }),
  );
  if (hash.digest('hex') !== sha256) throw damaged(`${path} is not what its manifest tells`);
}

/** What gzip and tar have to say is about the archive; what the disk has to say is not. */
function translated(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_')) return damaged('it is not a whole gzip file', error);
  if (/^E[A-Z]/.test(code)) return error;
  return damaged(`it is not a whole tar archive (${error.message.replace(/\.$/, '')})`, error);
}
