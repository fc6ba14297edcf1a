import { blocksOf } from './markdown.ts';

/** A configuration file, or a part of one, that a page shows. */
export interface Example {
  readonly file: string;
  readonly line: number;
  /** One YAML document with its end; nothing else is added to a part. */
  readonly text: string;
  /** Whether the page shows all of the file, so that it has to load as it stands. */
  readonly isWhole: boolean;
}

const FILE = /^(?:#.*\n)*?# ((?:main|users|containers|config|users\/[0-9a-f-]{36})\.yaml)\b/;

/**
 * The YAML blocks of a page. Each begins with a comment that names its file. One without `version` is
 * a part of its file: whole entries below their top-level key. Throws where a block says no file.
 */
export function examplesOf(page: string): Example[] {
  return blocksOf(page)
    .filter(({ language }) => /^ya?ml$/.test(language))
    .map(({ text, line }) => {
      const file = FILE.exec(text)?.[1];
      if (file === undefined) {
        throw new Error(
          `Line ${line}: which file is this YAML from? Begin it with a comment, such as "# containers.yaml"; show parts of a file below their top-level key. What is no configuration file is fenced as text.`,
        );
      }
      const isWhole = /^version:/m.test(text);
      return { file, line, isWhole, text: isWhole ? text : `${text}...\n` };
    });
}
