import { commandLine } from '@berth/config';
import { formatAuthorization, type ClientView } from '@berth/contract';
import type { Output } from '../options.ts';
import { clientText } from './command.ts';

export interface ShownCredential {
  readonly client: ClientView;
  readonly secret: string;
  /** Of the configuration. */
  readonly directory: string;
}

/** Shows a client with its secret, this once, and how to use it. */
export function showCredential(
  output: Output,
  headline: string,
  { client, secret, directory }: ShownCredential,
  isJson: boolean,
): void {
  const authorization = formatAuthorization({ clientId: client.id, secret });
  if (isJson) {
    output.json({ ...client, secret, authorization });
    return;
  }
  output.line(`${headline} ${clientText(client)}.`);
  output.line('');
  output.line(`  Authorization: ${authorization}`);
  output.line('');
  output.line(
    'It is shown only now; only its hash was stored. A program sends it with each request:',
  );
  output.line(`  curl -H 'Authorization: Bearer …' URL/get_config`);
  output.line('For `berth` it is the client and the secret, around the dot, of a context in');
  output.line('~/.config/berth/config.yaml. A machine that has none yet needs no secret from you:');
  output.line(`  ${commandLine(directory, 'enroll', 'invite', '--user', client.user)}`);
}
