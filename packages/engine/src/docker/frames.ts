/** What a container wrote to one of its streams, as the engine keeps it: a line, or a piece of one. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

/** A byte for the stream, three that mean nothing, and the number of bytes that follow. */
const HEADER = 8;
/** The engine cuts lines into pieces of 16 KB; what is far longer is no frame, and not waited for. */
const LONGEST = 1024 ** 2;

const STDOUT = 1;
const STDERR = 2;
/** Not of the container: the engine’s own words for what keeps it from going on. */
const FAILURE = 3;

/**
 * Takes apart what the engine sends of a container without a terminal. Keeps no more than a frame and a
 * chunk. An end within a frame is an error, as is what is no frame; the engine’s own failure is thrown
 * with the status 200.
 */
export async function* framesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let waiting: Buffer[] = [];
  let length = 0;
  let needed = HEADER;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < needed) continue;
    let rest = Buffer.concat(waiting);
    while (rest.length >= (needed = sizeOf(rest))) {
      yield frameOf(rest.subarray(0, needed));
      rest = rest.subarray(needed);
    }
    waiting = [rest];
    length = rest.length;
  }
  if (length > 0) throw new Error(`The engine’s answer ends within a frame, after ${length} bytes`);
}

/** How many bytes it takes to go on: those of a header, or of the frame that has this one. */
function sizeOf(bytes: Buffer): number {
  if (bytes.length < HEADER) return HEADER;
  const length = bytes.readUInt32BE(4);
  if (length > LONGEST) throw new Error(`The engine announces a frame of ${length} bytes`);
  return HEADER + length;
}

function frameOf(frame: Buffer): Frame {
  const bytes = frame.subarray(HEADER);
  const kind = frame[0];
  switch (kind) {
    case STDOUT:
      return { stream: 'stdout', bytes };
    case STDERR:
      return { stream: 'stderr', bytes };
    case FAILURE:
      throw Object.assign(new Error(bytes.toString().trim()), { statusCode: 200 });
    default:
      throw new Error(`The engine’s answer has a frame of an unknown kind: ${kind}`);
  }
}
