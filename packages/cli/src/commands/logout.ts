import type { Command } from '../command.ts';
import { pickContext, withoutContext } from '../contexts.ts';
import { styled } from '../text.ts';

export const logout: Command = {
  name: 'logout',
  summary: 'Forget a server and the secret for it',
  arguments: [],
  options: [],
  examples: [
    { command: 'berth logout', does: 'forget the current server' },
    { command: 'berth logout --server lab', does: 'forget another one' },
  ],
  run: async ({ contexts, output, wanted }) => {
    const { name, context } = pickContext(await contexts.read(), wanted);
    await contexts.update((file) => withoutContext(file, name));
    output.print([styled('green', '✔'), ` Logged out of ${context.server} (context ${name}).`]);
    output.print(
      'Your containers there go on. The server keeps this client on its list until your admin removes it.',
    );
    const { current, contexts: left } = await contexts.read();
    if (current !== undefined) output.print(`Commands now use ${current}.`);
    else if (Object.keys(left).length > 0) {
      output.print(`To use another: berth --server ${Object.keys(left).join('|')} …`);
    }
  },
};
