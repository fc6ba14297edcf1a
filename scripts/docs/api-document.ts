import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../run.ts';
import type { Schema } from './forms.ts';

/** As much of an OpenAPI document as our page shows. */
export interface ApiDocument {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

const QUIET = '--disable-warning=ExperimentalWarning';
const MAIN = join(import.meta.dirname, '../../packages/server/src/main.ts');

/** What a server says of its API: one of its own is started, asked, and ended. */
export async function apiDocument(): Promise<ApiDocument> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-docs-'));
  try {
    const made = await run(process.execPath, [
      QUIET,
      MAIN,
      'init',
      '--config',
      folder,
      '--port',
      '0',
    ]);
    if (!made.ok) throw new Error(made.output);
    const server = spawn(process.execPath, [QUIET, MAIN, 'serve', '--config', folder, '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(server, 'close');
    try {
      const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
      const { url } = JSON.parse(line) as { url: string };
      return (await (await fetch(`${url}/openapi.json`)).json()) as ApiDocument;
    } finally {
      server.kill();
      await ended;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
