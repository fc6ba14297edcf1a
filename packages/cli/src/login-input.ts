import { ClientName, ContextName, InviteCode, Problem, type ClientFile } from '@berth/contract';
import type { Input } from './command.ts';
import { findContext } from './contexts.ts';
import { matches } from './matches.ts';
import { contextNameFor, serverAddress } from './server-address.ts';

/** Which server to log in to, and what it is called here. Throws `usage`. */
export function targetOf(
  file: ClientFile,
  selected: string | undefined,
  input: Input,
): { readonly name: ContextName; readonly server: string } {
  const wanted = input.arguments[0] ?? selected;
  const found = findContext(file, wanted);
  if (found === undefined && wanted === undefined) {
    throw new Problem(
      'usage',
      'Log in to which server?\nAsk your admin for its address, then: berth login URL',
    );
  }
  const server = found?.context.server ?? serverAddress(wanted ?? '');
  const name = input.value('context') ?? found?.name ?? contextNameFor(server);
  if (!matches(ContextName, name)) {
    throw new Problem(
      'usage',
      `"${name}" cannot name a context.\nA name has lower-case letters, digits, dots and hyphens; at most 64.`,
    );
  }
  const taken = file.contexts[name];
  if (taken !== undefined && taken.server !== server) {
    throw new Problem(
      'usage',
      `The context ${name} is ${taken.server} already.\nGive this one another name: --context NAME`,
    );
  }
  return { name, server };
}

/** The invite, however it was typed. Throws `usage`. */
export function inviteFrom(input: Input): string | undefined {
  const code = input.value('invite')?.toUpperCase().replaceAll(/[\s-]/g, '');
  if (code === undefined || matches(InviteCode, code)) return code;
  throw new Problem(
    'usage',
    'That is not an invite: one has 20 letters and digits.\nCheck it for a typing error, or ask your admin for another.',
  );
}

/** What this machine will be called on the server. Throws `usage`. */
export function deviceNameFrom(input: Input, hostname: string): string {
  const given = input.value('name');
  if (given === undefined)
    return hostname.replaceAll(/[^A-Za-z0-9._-]/g, '').slice(0, 64) || 'client';
  if (matches(ClientName, given)) return given;
  throw new Problem(
    'usage',
    `"${given}" cannot name a machine.\nA name has letters, digits, spaces and . _ @ -; at most 64.`,
  );
}
