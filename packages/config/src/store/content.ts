import { createHash, hash } from 'node:crypto';
import { cutEntries } from '../yaml/cut.ts';
import type { Cut } from '../yaml/entries.ts';

/**
 * The bytes of one file at one moment. Of a large file most entries are shared with the content
 * before it, so that an edit among 100,000 users neither copies nor hashes 50 MB.
 */
export interface Content {
  /** Names the bytes: equal bytes have equal digests. */
  readonly digest: string;
  readonly size: number;
  /** The entries of the file; undefined where its layout is not one that can be cut. */
  readonly cut: Cut | undefined;
  /** The bytes, in as few pieces as they lie in memory. */
  pieces(): Buffer[];
  text(): string;
}

/** The mapping whose keys are a file's entries; undefined for its top-level keys. */
export function sectionOf(file: string): string | undefined {
  return file === 'users.yaml' || file === 'containers.yaml' ? file.slice(0, -5) : undefined;
}

/** Whether the last line is there, without which a file is cut off, or somebody is still writing it. */
export function isWhole(content: Content): boolean {
  const end = Buffer.concat(content.pieces().slice(-2)).toString();
  return /(?:^|\n)\.\.\.[ \t]*(?:#.*)?\s*$/.test(end.slice(-MOST_BEHIND_END));
}

/** A comment can follow the last line. */
const MOST_BEHIND_END = 1000;

/** Content read from a disk, sharing with `previous` what is the same. */
export function contentOf(file: string, bytes: Buffer, previous?: Content): Content {
  const cut = cutEntries(bytes, sectionOf(file), previous?.cut);
  if (cut !== undefined) return contentOfCut(cut);
  return {
    digest: hash('sha256', bytes, 'hex'),
    size: bytes.length,
    cut: undefined,
    pieces: () => [bytes],
    text: () => bytes.toString(),
  };
}

export function contentOfCut(cut: Cut): Content {
  const { head, entries, tail } = cut;
  return {
    digest: digestOf(cut),
    size: entries.reduce((sum, { start, end }) => sum + end - start, head.length + tail.length),
    cut,
    pieces: () => piecesOf(cut),
    text: () => Buffer.concat(piecesOf(cut)).toString(),
  };
}

function digestOf({ head, digests, tail }: Cut): string {
  const whole = createHash('sha256')
    .update(hash('sha256', head, 'hex'))
    .update(digests);
  return whole.update(hash('sha256', tail, 'hex')).digest('hex');
}

/** Entries that lie one behind the other in memory make one piece, without copying. */
function piecesOf({ head, entries, tail }: Cut): Buffer[] {
  const pieces = [head];
  for (let first = 0; first < entries.length;) {
    const { source, start, end: firstEnd } = entries[first] ?? NOTHING;
    let end = firstEnd;
    let next = first + 1;
    for (; entries[next]?.source === source && entries[next]?.start === end; next += 1) {
      end = entries[next]?.end ?? end;
    }
    pieces.push(source.subarray(start, end));
    first = next;
  }
  return [...pieces, tail];
}

const NOTHING = { source: Buffer.alloc(0), start: 0, end: 0 };
