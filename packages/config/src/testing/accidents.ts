import * as fc from 'fast-check';

/** What means something to YAML, to an editor, or to nobody. */
const PIECES = [
  '...\n',
  '---\n',
  '"',
  "'",
  '|',
  '>',
  '#',
  ' #',
  '{',
  '}',
  '[',
  ']',
  '? ',
  '&a ',
  '*a',
  '!t ',
  '%',
  '@',
  '`',
  '- ',
  ': ',
  ':',
  ',',
  '\t',
  '\r',
  '\r\n',
  '\n',
  '\n\n',
  ' ',
  '  ',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\0',
  '__proto__: {}',
  '  __proto__: {username: eve}\n',
  'users:\n',
  'version: 1\n',
  '  x: y\n',
  'x',
  '~',
  'null',
  '0x1',
  '<<: ',
  '\\',
  '|\n',
  '>-\n',
  '\u{1F600}',
].map((piece) => Buffer.from(piece));

const BROKEN = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0x80], [0xef, 0xbb]].map((bytes) =>
  Buffer.from(bytes),
);

/** What the slip of a hand, an editor with other ideas, or a bad disk does to a file. */
export interface Accident {
  readonly kind: (typeof KINDS)[number];
  /** Where in the file it happens, and what else it needs to know. */
  readonly at: number;
  readonly to: number;
  readonly count: number;
  readonly byte: number;
  readonly piece: Buffer;
}

const KINDS = [
  'flip',
  'insert',
  'insert at start',
  'insert at end',
  'delete',
  'delete lines',
  'copy lines',
  'swap lines',
  'indent',
  'join',
  'cut off',
  'line ends',
] as const;

export const accidents: fc.Arbitrary<Accident> = fc.record({
  kind: fc.constantFrom(...KINDS),
  at: fc.nat(),
  to: fc.nat(),
  count: fc.integer({ min: 1, max: 4 }),
  byte: fc.nat(255),
  piece: fc.constantFrom(...PIECES, ...PIECES, ...BROKEN),
});

/** The bytes after it has happened. */
export function afterAccident(bytes: Buffer, accident: Accident): Buffer {
  const { kind, at, to, count, byte, piece } = accident;
  const place = at % (bytes.length + 1);
  const lines = linesOf(bytes);
  const one = at % (lines.length + 1);
  const two = to % (lines.length + 1);
  switch (kind) {
    case 'flip':
      return replaced(bytes, place, 1, Buffer.of(byte));
    case 'insert':
      return replaced(bytes, place, 0, piece);
    case 'insert at start':
      return Buffer.concat(lines.toSpliced(one, 0, piece));
    case 'insert at end': {
      const end = Buffer.concat(lines.slice(0, one)).length;
      return replaced(bytes, Math.max(0, end - 1), 0, piece);
    }
    case 'delete':
      return replaced(bytes, place, count, Buffer.alloc(0));
    case 'delete lines':
      return Buffer.concat(lines.toSpliced(one, count));
    case 'copy lines':
      return Buffer.concat(lines.toSpliced(two, 0, ...lines.slice(one, one + count)));
    case 'swap lines': {
      const [first, second] = [lines[one], lines[two]];
      if (first === undefined || second === undefined) return bytes;
      return Buffer.concat(lines.with(one, second).with(two, first));
    }
    case 'indent': {
      const moved = lines.slice(one, one + count).map((line) => indented(line, (to % 9) - 4));
      return Buffer.concat(lines.toSpliced(one, count, ...moved));
    }
    case 'join':
      return Buffer.concat(
        lines.map((line, index) => (index === one ? line.subarray(0, -1) : line)),
      );
    case 'cut off':
      return bytes.subarray(0, place);
    case 'line ends':
      return Buffer.from(
        bytes.toString('latin1').replaceAll('\n', byte % 2 ? '\r\n' : '\r'),
        'latin1',
      );
    default:
      return kind satisfies never;
  }
}

function replaced(bytes: Buffer, at: number, count: number, piece: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + count)]);
}

function linesOf(bytes: Buffer): Buffer[] {
  return bytes
    .toString('latin1')
    .split(/(?<=\n)/)
    .map((line) => Buffer.from(line, 'latin1'));
}

function indented(line: Buffer, by: number): Buffer {
  if (by >= 0) return Buffer.concat([Buffer.alloc(by, ' '), line]);
  let less = 0;
  while (less < -by && line[less] === 0x20) less += 1;
  return line.subarray(less);
}
