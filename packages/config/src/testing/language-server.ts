import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';

/** Of the language server protocol as much as the tests read. Lines count from 0. */
export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** A file open in an editor. */
export interface OpenFile {
  readonly diagnostics: readonly Diagnostic[];
  /** What the editor offers where `mark` stood in the text. */
  completions(): Promise<string[]>;
  /** What the editor shows for what stands behind `mark`. */
  hover(): Promise<string>;
}

/** Where the cursor is, in texts that are opened. */
export const CURSOR = '¦';

/** What the server asks of an editor: nothing may be fetched, as it would be from a schema store. */
const SETTINGS = { schemaStore: { enable: false }, validate: true, completion: true, hover: true };

const BIN = fileURLToPath(import.meta.resolve('yaml-language-server/bin/yaml-language-server'));

export interface LanguageServer {
  /** @param edit what the person at the editor typed */
  open(path: string, edit?: (text: string) => string): Promise<OpenFile>;
  stop(): Promise<void>;
}

/** The language server that editors run for YAML, as a process. */
export async function startLanguageServer(): Promise<LanguageServer> {
  const child = spawn(process.execPath, [BIN, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();
  connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
    items.map(({ section }) => (section === 'yaml' ? SETTINGS : {})),
  );
  connection.onNotification(
    'textDocument/publishDiagnostics',
    ({ uri, diagnostics }: { uri: string; diagnostics: readonly Diagnostic[] }) =>
      published.get(uri)?.(diagnostics),
  );
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { configuration: true } },
  });
  await connection.sendNotification('initialized', {});

  return {
    open: async (path, edit = (text) => text) => {
      const uri = pathToFileURL(path).href;
      const typed = edit(await readFile(path, 'utf8'));
      const before = typed.split(CURSOR)[0]?.split('\n') ?? [];
      const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
      const diagnostics = new Promise<readonly Diagnostic[]>((resolve) => {
        published.set(uri, resolve);
      });
      const text = typed.replace(CURSOR, '');
      await connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'yaml', version: 1, text },
      });
      const ask = { textDocument: { uri }, position };
      return {
        diagnostics: await diagnostics,
        completions: async () => {
          const { items } = await connection.sendRequest<{ items: { label: string }[] }>(
            'textDocument/completion',
            ask,
          );
          return items.map(({ label }) => label);
        },
        hover: async () => {
          const found = await connection.sendRequest<{ contents: { value: string } } | null>(
            'textDocument/hover',
            ask,
          );
          return found?.contents.value ?? '';
        },
      };
    },
    stop: async () => {
      const ended = once(child, 'exit');
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      await ended;
      connection.dispose();
    },
  };
}
