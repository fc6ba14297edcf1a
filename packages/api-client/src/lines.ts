import { notBerth } from './unreachable.ts';

const MAX_LINE_LENGTH = 1024 * 1024;

/** The lines of a stream as they become complete; a last line without its newline is left out. */
export async function* linesOf(
  server: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH) throw notBerth(server);
    yield* lines.filter((line) => line.trim() !== '');
  }
}
