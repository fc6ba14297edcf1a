import { Readable } from 'node:stream';

/** As much goes to a connection at a time; what it has not taken yet stays for all to share. */
const PIECE = 64 * 1024;

export interface SharedBytes {
  readonly length: number;
  /** All of it, in pieces. */
  stream(): Readable;
}

/**
 * A large file for many callers: it is in memory once for all who are being sent it, however slowly they
 * read, and not at all when there are none.
 */
export function shareBytes(read: () => Promise<Buffer>): () => Promise<SharedBytes> {
  let held: WeakRef<Buffer> | undefined;
  let reading: Promise<Buffer> | undefined;
  const bytesOf = async (): Promise<Buffer> => {
    const known = held?.deref();
    if (known !== undefined) return known;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    const bytes = await reading;
    held = new WeakRef(bytes);
    return bytes;
  };
  return async () => {
    const bytes = await bytesOf();
    return {
      length: bytes.length,
      stream: () => Readable.from(piecesOf(bytes), { objectMode: false, highWaterMark: PIECE }),
    };
  };
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}
