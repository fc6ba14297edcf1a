import { fit, render, type Text } from './text.ts';

/** As much of a writable stream as printing needs. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Lines at the foot of a terminal that are drawn anew in their place. */
export interface LiveLines {
  /** Replaces what was shown before. */
  show(lines: readonly Text[]): void;
}

export interface Output {
  /** A line of the result, to standard output. */
  print(text?: Text): void;
  /** A line about what goes on, to standard error: it never mixes with a result in a pipe. */
  tell(text?: Text): void;
  /** A result for programs, on one line or indented. */
  json(value: unknown, indent?: number): void;
  /** Lines to rewrite, where standard error is a terminal that can; else undefined. */
  readonly live: LiveLines | undefined;
}

export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function createOutput({ stdout, stderr, env }: OutputOptions): Output {
  const isPlain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  const isRich = (stream: OutputStream): boolean => stream.isTTY === true && !isPlain;
  const live = isRich(stderr) ? createLiveLines(stderr) : undefined;
  return {
    print: (text = '') => {
      stdout.write(`${render(text, isRich(stdout))}\n`);
    },
    tell: (text = '') => {
      stderr.write(`${render(text, isRich(stderr))}\n`);
    },
    json: (value, indent) => {
      stdout.write(`${escapeControls(JSON.stringify(value, undefined, indent))}\n`);
    },
    live,
  };
}

/** JSON leaves U+007F to U+009F as they are, and terminals obey them. */
function escapeControls(json: string): string {
  return json.replace(
    /[\u007F-\u009F]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

function createLiveLines(stream: OutputStream): LiveLines {
  let height = 0;
  return {
    show: (lines) => {
      if (height === 0 && lines.length === 0) return;
      const up = height === 0 ? '' : `\u001B[${height}A`;
      // One column stays free: some terminals wrap as soon as the last one is filled.
      const width = (stream.columns ?? 80) - 1;
      const text = lines.map((line) => `${render(fit(line, width), true)}\n`).join('');
      stream.write(`${up}\r\u001B[J${text}`);
      height = lines.length;
    },
  };
}
