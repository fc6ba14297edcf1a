/** Characters; those of an engine have some thousands. */
const LONGEST = 1024 ** 2;

/** The JSON documents of an answer, a line each. One that ends within a line is an error. */
export async function* jsonLines(answer: NodeJS.ReadableStream): AsyncGenerator {
  answer.setEncoding('utf8');
  let rest = '';
  for await (const chunk of answer) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
    if (rest.length > LONGEST)
      throw new SyntaxError('The engine’s answer has a line without an end');
  }
  if (rest !== '') throw new SyntaxError(`The engine’s answer ends within a line: ${rest}`);
}
