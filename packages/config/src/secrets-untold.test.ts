import { createHash } from 'node:crypto';
import { Problem } from '@berth/contract';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentOf } from './store/content.ts';
import { createNextState } from './store/state.ts';
import { createValidators } from './validate.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const HEX = '0123456789abcdef';
const PASSWORD = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Every file with a place for each kind of secret that could stand in it. */
const FILES: Readonly<Record<string, string>> = {
  'main.yaml': `# main.yaml: the server's own settings
version: 1
admin:
  username: admin
  password_hash: "§"
server: {host: 127.0.0.1, port: 8420}
limits:
  # What one user may run at once
  per_user: {containers: 5, cpus: 4, memory: 8g, pids: 2048}
...
`,
  'containers.yaml': `version: 1
containers:
  shell: {image: "berth/shell:1"}
  lab:
    description: JupyterLab with the team's packages
    image: registry.example/lab:2026.11
    command: [jupyter, lab, --ip=0.0.0.0]
    env: {JUPYTER_TOKEN: "§", THEME: dark}
    volumes:
      - {name: home, target: /home/user, persistent: true}
    network:
      ports: [{container: 8888, label: web}]
...
`,
  'users.yaml': `version: 1
users:
  ${ALICE}:
    username: alice
    password_hash: §
    disabled: false
    containers: [lab, shell]
    clients:
      0f4e7a52-93c1-4b60-8d2f-6a5b4c3d2e1f:
        name: laptop
        token_hash: §
        created: 2026-11-23T10:00:00Z
        expires: null
    rights: []
    metadata:
      team: vision
  c6b07f8e-51b4-4d44-9d0e-0f7c3f5f8a10: {username: bob, password_hash: "§", containers: [shell]}
...
`,
  [`users/${ALICE}.yaml`]: `version: 1
containers: {allow: [shell], deny: []}
overrides:
  lab:
    env: {TOKEN: "§"}
    resources: {memory: 8g}
    persist: true
...
`,
};

interface Secret {
  readonly text: string;
  /** What of it nobody could guess. */
  readonly parts: readonly string[];
  /** How much of a part must never be told. */
  readonly piece: number;
}

/** Of a seed, so that what fast-check shrinks to is still as random as secrets are. */
const SECRET: fc.Arbitrary<Secret> = fc.tuple(fc.nat(), fc.nat({ max: 4 })).map(([seed, kind]) => {
  const bytes = createHash('shake256', { outputLength: 64 }).update(`${seed}`).digest();
  const of = (alphabet: string, first: number, count: number): string =>
    Array.from(
      bytes.subarray(first, first + count),
      (byte) => alphabet[byte % alphabet.length],
    ).join('');
  switch (kind) {
    case 0: {
      const [salt, key] = [of(`${LETTERS}+/`, 0, 21), of(`${LETTERS}+/`, 21, 43)];
      return { text: `$pbkdf2-sha256$i=600000,l=32$${salt}A$${key}`, parts: [salt, key], piece: 8 };
    }
    case 1: {
      const digest = of(HEX, 0, 64);
      return { text: `sha256:${digest}`, parts: [digest], piece: 8 };
    }
    case 2: {
      const hash = of(`${LETTERS}./`, 0, 53);
      return { text: `$2b$12$${hash}`, parts: [hash], piece: 8 };
    }
    case 3: {
      const token = of(`${LETTERS}-_`, 0, 43);
      return { text: token, parts: [token], piece: 8 };
    }
    default: {
      const password = of(PASSWORD, 0, 20);
      // Half of a password, when the other half was deleted, can look like a word.
      return { text: password, parts: [password], piece: 16 };
    }
  }
});

function pieces({ parts, piece }: Secret): string[] {
  return parts.flatMap((part) =>
    Array.from({ length: part.length - piece + 1 }, (_, at) => part.slice(at, at + piece)),
  );
}

/** Where something happens in a text, as a share of its length. */
const PLACE = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** What a slip of a hand, or of a program, does to a text. */
const SLIP: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc
    .tuple(
      PLACE,
      fc.constantFrom(
        ': ',
        '\n  ',
        ' #',
        ...'\n \t:,-#"\'{}[]&*!|>%@`?\\aZ0\u0000\u202e'.split(''),
      ),
    )
    .map(([place, piece]) => (text: string) => {
      const at = Math.floor(place * text.length);
      return text.slice(0, at) + piece + text.slice(at);
    }),
  fc.tuple(PLACE, fc.integer({ min: 1, max: 12 })).map(([place, length]) => (text: string) => {
    const at = Math.floor(place * text.length);
    return text.slice(0, at) + text.slice(at + length);
  }),
  fc.tuple(PLACE, PLACE).map(([from, to]) => (text: string) => {
    const lines = text.split('\n');
    const [line = ''] = lines.splice(Math.floor(from * lines.length), 1);
    return lines.toSpliced(Math.floor(to * lines.length), 0, line).join('\n');
  }),
  fc.tuple(PLACE, fc.boolean()).map(([place, isDeeper]) => (text: string) => {
    const lines = text.split('\n');
    const at = Math.floor(place * lines.length);
    const line = lines[at] ?? '';
    return lines.with(at, isDeeper ? `  ${line}` : line.trimStart()).join('\n');
  }),
);

/** Puts a secret where a word or a number was: a key, a value, a part of one. */
function planted(text: string, place: number, secret: string): string {
  const words = [...text.matchAll(/[\w.-]+/g)];
  const word = words[Math.floor(place * words.length)];
  if (word === undefined) return text;
  return text.slice(0, word.index) + secret + text.slice(word.index + word[0].length);
}

const nextState = createNextState('/', createValidators());

/** What is wrong with these files; undefined where nothing is. */
function problemOf(texts: ReadonlyMap<string, string>): Problem | undefined {
  const contents = [...texts].map(
    ([file, text]) => [file, contentOf(file, Buffer.from(text))] as const,
  );
  try {
    nextState(undefined, new Map(contents));
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

test('no error tells eight characters of a hash or a token, and each has its place', () => {
  let refused = 0;
  fc.assert(
    fc.property(
      fc.array(SECRET, { minLength: 9, maxLength: 9 }),
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(FILES)), PLACE), { maxLength: 3 }),
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(FILES)), SLIP), { maxLength: 4 }),
      (secrets, places, slips) => {
        const left = secrets.map(({ text }) => text);
        const next = (): string => left.pop() ?? '';
        const texts = new Map(
          Object.entries(FILES).map(([file, text]) => [file, text.replaceAll('§', next)]),
        );
        for (const [file, place] of places) {
          texts.set(file, planted(texts.get(file) ?? '', place, next()));
        }
        for (const [file, slip] of slips) texts.set(file, slip(texts.get(file) ?? ''));

        const problem = problemOf(texts);
        if (problem === undefined) return;
        refused += 1;
        const told = `${problem.message}\n${JSON.stringify(problem.details)}`;
        expect(secrets.flatMap(pieces).filter((piece) => told.includes(piece))).toEqual([]);
        const { issues } = problem.details as {
          issues: { file: string; line: number; column: number }[];
        };
        expect(issues).not.toEqual([]);
        for (const { file, line, column } of issues) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
          const content = texts.get(file)?.split('\n')[line - 1];
          expect(content?.length, `${file}:${line}:${column}`).toBeGreaterThanOrEqual(column - 1);
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(100);
});
