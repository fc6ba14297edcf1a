import { resolve } from 'node:path';
import type { Command } from 'commander';
import { endRestores } from '../backup/end-restores.ts';
import { keptText } from './history/options.ts';
import type { Output } from './options.ts';

/** Before a command looks at a configuration, a restore is ended that was killed there. */
export async function endRestoresBefore(command: Command, output: Output): Promise<void> {
  const { config } = command.opts<{ readonly config?: string }>();
  if (config === undefined) return;
  await endRestores(resolve(config), (file, path) => {
    output.warn(keptText(file, path));
  });
}
