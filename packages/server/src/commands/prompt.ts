import { text } from 'node:stream/consumers';
import { Problem } from '@berth/contract';

/** Asks the person who runs a command. Questions go to standard error, results to standard output. */
export interface Prompt {
  /** Whether there is a person to ask. */
  readonly isTerminal: boolean;
  /** A line that belongs to the question which follows. */
  tell(line: string): void;
  /** Asks a yes-or-no question; anything but yes is no. */
  confirm(question: string): Promise<boolean>;
  /** Asks for a line that the terminal does not show. Throws `cancelled` on Ctrl-C and Ctrl-D. */
  secret(question: string): Promise<string>;
  /** All of standard input. */
  input(): Promise<string>;
}

/** Standard input and error, as `process` has them: opened when they are first asked for. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
}

export function createPrompt(streams: Streams): Prompt {
  return {
    get isTerminal() {
      return streams.stdin.isTTY && streams.stderr.isTTY;
    },
    tell: (line) => {
      streams.stderr.write(`${line}\n`);
    },
    confirm: async (question) => {
      streams.stderr.write(`${question} [y/N] `);
      return /^y(es)?$/i.test((await readLine(streams.stdin)).trim());
    },
    secret: async (question) => {
      const { stdin, stderr } = streams;
      // The only way to keep a terminal from showing what is typed: its own line editing goes too.
      stdin.setRawMode(true);
      try {
        stderr.write(`${question}: `);
        return await readRawLine(stdin);
      } finally {
        stdin.setRawMode(false);
        stderr.write('\n');
      }
    },
    input: () => text(streams.stdin),
  };
}

/** A line as the terminal's own editing makes it, or what there is of it at the end of the input. */
function readLine(stdin: NodeJS.ReadStream): Promise<string> {
  let line = '';
  return readUntil(stdin, (character) => {
    if (character === '\n') return line;
    line += character;
    return undefined;
  }).then((end) => end ?? line);
}

const CANCELLED = new Set(['\u0003', '\u0004']);
const ENDS = new Set(['\r', '\n']);
const BACKSPACES = new Set(['\u007F', '\b']);
const KILL_LINE = '\u0015';

async function readRawLine(stdin: NodeJS.ReadStream): Promise<string> {
  const line: string[] = [];
  const end = await readUntil(stdin, (character) => {
    if (CANCELLED.has(character)) return 'cancelled';
    if (ENDS.has(character)) return 'done';
    if (BACKSPACES.has(character)) line.pop();
    else if (character === KILL_LINE) line.length = 0;
    else line.push(character);
    return undefined;
  });
  if (end === 'done') return line.join('');
  throw new Problem('cancelled', 'Cancelled. Nothing was changed.');
}

/** Hands over characters until `take` returns something; what follows stays for the next to read. */
function readUntil<T>(
  stdin: NodeJS.ReadStream,
  take: (character: string) => T | undefined,
): Promise<T | undefined> {
  stdin.setEncoding('utf8');
  return new Promise((resolve) => {
    const finish = (result: T | undefined): void => {
      stdin.off('data', onData).off('end', onEnd).pause();
      resolve(result);
    };
    const onEnd = (): void => {
      finish(undefined);
    };
    const onData = (chunk: string): void => {
      const characters = [...chunk];
      for (const [index, character] of characters.entries()) {
        const result = take(character);
        if (result === undefined) continue;
        const rest = characters.slice(index + 1).join('');
        finish(result);
        if (rest !== '') stdin.unshift(rest, 'utf8');
        return;
      }
    };
    stdin.on('data', onData).on('end', onEnd).resume();
  });
}
