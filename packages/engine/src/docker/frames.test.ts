import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { framesOf, type Frame } from './frames.ts';

const header = (kind: number, length: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(kind, 0);
  bytes.writeUInt32BE(length, 4);
  return bytes;
};
const sent = ({ stream, bytes }: Frame): Buffer =>
  Buffer.concat([header(stream === 'stdout' ? 1 : 2, bytes.length), bytes]);

async function* arriving(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}
const read = (...chunks: Buffer[]): Promise<Frame[]> => Array.fromAsync(framesOf(arriving(chunks)));

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  stream: fc.constantFrom('stdout', 'stderr'),
  bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});
const anyFrames = fc.array(anyFrame, { maxLength: 8 });
/** Where the bytes are cut, each as a part of the whole. */
const anyCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = cuts.map((part) => Math.floor(part * bytes.length)).toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

describe('taking frames apart', () => {
  test('gives what was sent, in whichever chunks it comes', () =>
    fc.assert(
      fc.asyncProperty(anyFrames, anyCuts, async (frames, cuts) => {
        const chunks = cut(Buffer.concat(frames.map(sent)), cuts);
        expect(await read(...chunks)).toEqual(frames);
      }),
    ));

  test('gives the frames before an end within a frame, and then an error', () =>
    fc.assert(
      fc.asyncProperty(anyFrames, anyFrame, fc.nat(), anyCuts, async (whole, part, many, cuts) => {
        const last = sent(part);
        const bytes = Buffer.concat([
          ...whole.map(sent),
          last.subarray(0, 1 + (many % (last.length - 1))),
        ]);
        const got: Frame[] = [];
        const reading = async (): Promise<void> => {
          for await (const frame of framesOf(arriving(cut(bytes, cuts)))) got.push(frame);
        };
        await expect(reading()).rejects.toThrow('ends within a frame');
        expect(got).toEqual(whole);
      }),
    ));

  test('refuses a frame that is too long at once, without waiting for it', async () => {
    let isAsked = false;
    async function* endless(): AsyncGenerator<Buffer> {
      yield header(1, 1024 ** 2 + 1);
      isAsked = true;
    }
    await expect(Array.fromAsync(framesOf(endless()))).rejects.toThrow('a frame of 1048577 bytes');
    expect(isAsked).toBe(false);
  });

  test('refuses what is no frame: a terminal’s bytes', async () => {
    await expect(read(Buffer.from('\0\0\0\0\0\0\0\0$ ls'))).rejects.toThrow('unknown kind: 0');
  });

  test('throws what the engine says of its own failure', async () => {
    const words = Buffer.from('Error grabbing logs: it broke\n');
    const failing = read(header(3, words.length), words);
    await expect(failing).rejects.toMatchObject({
      message: 'Error grabbing logs: it broke',
      statusCode: 200,
    });
  });
});
