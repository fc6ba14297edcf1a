import type { Problem } from '@berth/contract';
import type { Output } from './options.ts';

/** The output of a whole run, which may fail. */
export interface RunOutput extends Output {
  /**
   * Says why it failed: to a person on standard error; to a program on standard output, so that it finds
   * one JSON document there however a command ends.
   */
  fail(problem: Problem): void;
  /** Whether there was a fault. */
  hasFault(): boolean;
}

/** As much of a writable stream as output needs. */
interface Sink {
  write(text: string): unknown;
}

export function createOutput(
  { stdout, stderr }: { readonly stdout: Sink; readonly stderr: Sink },
  isJson: boolean,
): RunOutput {
  let hasAnswered = false;
  let hasFault = false;
  const warn = (text: string): void => {
    stderr.write(`berthd: ${text}\n`);
  };
  const json = (document: object): void => {
    hasAnswered = true;
    stdout.write(`${escapeControls(JSON.stringify(document))}\n`);
  };
  return {
    line: (text) => {
      stdout.write(`${text}\n`);
    },
    json,
    warn,
    fault: (text) => {
      hasFault = true;
      warn(text);
    },
    hasFault: () => hasFault,
    fail: ({ code, message, details }) => {
      if (!isJson) warn(message);
      // A check that finds something wrong has said it in its result.
      else if (!hasAnswered) json({ error: { code, message, details } });
    },
  };
}

/** JSON leaves U+007F to U+009F as they are, and terminals obey them. */
function escapeControls(json: string): string {
  return json.replace(
    /[\u007F-\u009F]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}
