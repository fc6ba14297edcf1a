import { counted, type Problem } from '@berth/contract';
import { timeOf, type Config, type RejectedText } from '@berth/config';
import type { Serving } from '../../serving.ts';
import type { Exposed } from './exposed.ts';
import type { NobodysFile } from './nobodys.ts';
import { uselessPasswords } from './passwords.ts';

/** What somebody should look at although the configuration may load. */
export interface Warning {
  readonly kind:
    | 'certificate_not_valid'
    | 'history_damaged'
    | 'password_useless'
    | 'rejected_text'
    | 'nobodys_file'
    | 'readable'
    | 'secrets_invalid'
    | 'secrets_open'
    | 'writable'
    | 'server_behind'
    | 'server_unseen';
  readonly message: string;
}

export interface Findings {
  /** Undefined where it does not load. */
  readonly config: Config | undefined;
  readonly secrets:
    | { readonly problem: Problem; readonly isOpen?: undefined }
    | { readonly problem?: undefined; readonly isOpen: boolean };
  /** Why the history cannot be read. */
  readonly damage: Problem | undefined;
  readonly rejected: readonly RejectedText[];
  /** Which certificate, and what the calendar says against it. */
  readonly expiry: string | undefined;
  readonly exposed: Exposed;
  readonly nobodys: readonly NobodysFile[];
  readonly serving: Serving | undefined;
  /** Why it cannot be told whether a server runs. */
  readonly unseen: Problem | undefined;
}

export function warningsOf(findings: Findings): Warning[] {
  const { config, secrets, damage, rejected, expiry, exposed, nobodys, serving, unseen } = findings;
  return [
    ...(damage === undefined ? [] : [damagedHistory(damage)]),
    ...(secrets.problem === undefined ? [] : [invalidSecrets(secrets.problem)]),
    ...(secrets.isOpen === true ? [OPEN_SECRETS] : []),
    ...(config === undefined ? [] : passwordWarnings(config)),
    ...rejected.map((text): Warning => ({ kind: 'rejected_text', message: keptText(text) })),
    ...nobodys.map((file): Warning => ({ kind: 'nobodys_file', message: withoutUser(file) })),
    ...(expiry === undefined ? [] : [notValid(expiry)]),
    ...exposedOf('readable', 'read', exposed.readable),
    ...exposedOf('writable', 'change', exposed.writable),
    ...(serving === undefined || serving.revision === config?.revision
      ? []
      : [behind(serving, config)]),
    ...(unseen === undefined ? [] : [unseenServer(unseen)]),
  ];
}

const damagedHistory = ({ message }: Problem): Warning => ({ kind: 'history_damaged', message });

const notValid = (expiry: string): Warning => ({
  kind: 'certificate_not_valid',
  message: `${expiry}: browsers and berth refuse it. Put a new one in its place.`,
});

const invalidSecrets = ({ message }: Problem): Warning => ({ kind: 'secrets_invalid', message });

const OPEN_SECRETS: Warning = {
  kind: 'secrets_open',
  message:
    'Others than its owner can read or change secrets.yaml. Close it: chmod 600 secrets.yaml',
};

/** More of them are no longer somebody's oversight. */
const MOST_PASSWORDS = 5;

function passwordWarnings(config: Config): Warning[] {
  const useless = uselessPasswords(config);
  const more = useless.length - MOST_PASSWORDS;
  const messages = [
    ...useless
      .slice(0, MOST_PASSWORDS)
      .map(
        ({ username, explanation, command }) =>
          `nobody can log in with the password of ${username}. ${explanation.replace(/\.$/, '')}: ${command}`,
      ),
    ...(more > 0 ? [`it is the same with ${counted(more, 'more password')}.`] : []),
  ];
  return messages.map((message) => ({ kind: 'password_useless', message }));
}

const keptText = (text: RejectedText): string =>
  `a text of ${text.file} gave way on ${timeOf(text)} and was kept: ${text.path}. Put what you need of it into the file again, and remove it.`;

const withoutUser = ({ id, path }: NobodysFile): string =>
  `users.yaml has no user ${id}: what their own file says holds for nobody. Unless they are to come back: rm ${path}`;

function exposedOf(
  kind: 'readable' | 'writable',
  verb: string,
  paths: readonly string[],
): Warning[] {
  if (paths.length === 0) return [];
  const [first = '', ...others] = paths;
  const and = others.length === 0 ? '' : ` and ${others.length} more`;
  const right = kind === 'readable' ? 'r' : 'w';
  const message = `everybody on this machine can ${verb} ${first}${and}: chmod o-${right} ${paths.slice(0, 5).join(' ')}${paths.length > 5 ? ' …' : ''}`;
  return [{ kind, message }];
}

function behind({ url, pid, revision, rejected }: Serving, config: Config | undefined): Warning {
  const server = `the server at ${url} (process ${pid}) goes on with revision ${revision}`;
  // Where they do not load here either, the reason is told anyway.
  const why = rejected === null || config === undefined ? '.' : `: ${rejected}`;
  return { kind: 'server_behind', message: `${server}${why}` };
}

const unseenServer = ({ message }: Problem): Warning => ({
  kind: 'server_unseen',
  message: `whether a server goes by these files cannot be seen: ${message}`,
});
