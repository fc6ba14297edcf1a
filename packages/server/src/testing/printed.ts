import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ended } from '@berth/testbed/program';
import { expect } from 'vitest';
import type { Berthd } from './berthd.ts';

/** What a command prints that succeeds and has nothing to warn of. */
export async function printed(berthd: Berthd, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await berthd.run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** What it prints for a program. */
export async function printedJson(
  berthd: Berthd,
  ...args: string[]
): Promise<Record<string, unknown>> {
  return JSON.parse(await printed(berthd, ...args, '--json')) as Record<string, unknown>;
}

/** A command that fails says why on standard error, and nothing else. */
export function expectRefusal(ended: Ended, code: number, message: string): void {
  expect(ended).toEqual({ code, stdout: '', stderr: message });
}

/** What stands in a file of the configuration. */
export function textOf({ directory }: Berthd, file: string): Promise<string> {
  return readFile(join(directory, file), 'utf8');
}
