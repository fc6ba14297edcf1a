import { type ClientContext, type EnrolmentView, formatCode, Problem } from '@berth/contract';
import type { ApiClient } from '@berth/api-client';
import type { Command } from '../command.ts';
import { withContext, withoutContext, type NamedContext } from '../contexts.ts';
import { deviceNameFrom, inviteFrom, targetOf } from '../login-input.ts';
import { isLoopback } from '../server-address.ts';
import type { Session } from '../session.ts';
import { styled } from '../text.ts';

export const login: Command = {
  name: 'login',
  summary: 'Get access to a server',
  details:
    'Shows a code and waits until an admin has approved it; with an invite there is nothing to wait for. Ctrl-C ends only the waiting: the same command goes on with it.',
  arguments: [{ flags: '[url]', about: 'address of the server; the current one when left out' }],
  options: [
    { flags: '--invite <code>', about: 'an invite from your admin' },
    { flags: '--name <name>', about: 'what this machine is called there (default: its host name)' },
    { flags: '--context <name>', about: 'what the server is called here (default: its host)' },
    { flags: '--reset', about: 'put a config file that cannot be read aside, and start afresh' },
  ],
  examples: [
    { command: 'berth login https://berth.example', does: 'ask to be let in' },
    { command: 'berth login https://berth.example --invite CODE', does: 'use an invite' },
  ],
  run: async (session, input) => {
    if (input.flag('reset')) await reset(session);
    const file = await session.contexts.read();
    const { name, server } = targetOf(file, session.wanted, input);
    const invite = inviteFrom(input);
    const deviceName = deviceNameFrom(input, session.hostname);
    const known = file.contexts[name];
    warnIfReadable(session, server);

    // Also finds out whether Berth answers there, before anything is made or sent.
    await session.connect(server).health();
    if (known !== undefined) {
      const username = await usernameOf(session, known);
      if (username !== undefined) {
        await finish(session, { name, context: known }, username);
        return;
      }
    }
    // One that was let in before and is not taken any more was revoked: it never comes back.
    const isPending = known !== undefined && known.user === undefined;
    const context = isPending ? known : await newContext(server);
    // Saved first: whatever happens from here on, the secret that may be let in is not lost.
    await session.contexts.update((latest) => withContext(latest, name, context));
    const client = connectAs(session, context);
    const view = await client.enrol({
      client_id: context.client,
      token_hash: await hashOf(context.secret),
      name: deviceName,
      ...(invite === undefined ? {} : { invite }),
    });
    await settle(session, { name, context }, client, view);
  },
};

/** Waits until the enrolment is decided, and tells what to do meanwhile. */
async function settle(
  session: Session,
  { name, context }: NamedContext,
  client: ApiClient,
  first: EnrolmentView,
): Promise<void> {
  const { output, contexts } = session;
  if (first.state === 'pending') {
    const code = formatCode(first.code ?? '');
    output.print(['Your code is ', styled('bold', code)]);
    output.print('Ask your admin to approve it, with your user name for NAME:');
    output.print(`  berthd enroll approve ${code} --user NAME`);
    output.tell(`Waiting… Ctrl-C ends only the waiting; berth login ${context.server} goes on.`);
  }
  let view = first;
  while (view.state === 'pending') {
    await session.pause();
    view = await lookAgain(client, view);
  }
  switch (view.state) {
    case 'approved': {
      const username = view.username ?? (await usernameOf(session, context));
      if (username !== undefined) await finish(session, { name, context }, username);
      return;
    }
    case 'refused':
      await contexts.update((file) => withoutContext(file, name));
      throw new Problem(
        'forbidden',
        `Your admin has refused this client at ${context.server}.\nAsk them why; to try again: berth login ${context.server}`,
      );
    case 'expired':
      throw new Problem(
        'enrolment_closed',
        `Nobody approved the code in time.\nFor a new one: berth login ${context.server}`,
      );
    default:
      view.state satisfies never;
  }
}

/** A server that is asked too often lets us wait longer; that is no reason to give up. */
async function lookAgain(client: ApiClient, view: EnrolmentView): Promise<EnrolmentView> {
  try {
    return await client.enrolment(view.id);
  } catch (error) {
    if (error instanceof Problem && error.code === 'rate_limited') return view;
    throw error;
  }
}

async function finish(
  { contexts, output }: Session,
  { name, context }: NamedContext,
  username: string,
): Promise<void> {
  const before = (await contexts.read()).current;
  await contexts.update((file) => ({
    ...withContext(file, name, { ...context, user: username }),
    current: name,
  }));
  const verb = context.user === undefined ? 'Logged in' : 'You were logged in already';
  output.print([
    styled('green', '✔'),
    ` ${verb}: ${context.server} as `,
    styled('bold', username),
    ` (context ${name}).`,
  ]);
  if (before !== undefined && before !== name) {
    output.print(`Commands now use ${name}. For the one before: berth --server ${before} …`);
  }
  output.print('To see what you may start: berth list');
}

/** Who the credential belongs to, or undefined where the server does not take it. */
async function usernameOf(session: Session, context: ClientContext): Promise<string | undefined> {
  try {
    const fetched = await connectAs(session, context).getConfig();
    return fetched.changed ? fetched.config.user.username : undefined;
  } catch (error) {
    if (error instanceof Problem && error.code === 'unauthorized') return undefined;
    throw error;
  }
}

function connectAs(session: Session, { server, client, secret }: ClientContext): ApiClient {
  return session.connect(server, { clientId: client, secret });
}

// node:crypto takes 7 ms to load, which no other command needs to spend.

async function hashOf(secret: string): Promise<string> {
  const { hashSecret } = await import('@berth/config/secret');
  return hashSecret(secret);
}

async function newContext(server: string): Promise<ClientContext> {
  const { randomUUID } = await import('node:crypto');
  const { newSecret } = await import('@berth/config/secret');
  return { server, client: randomUUID(), secret: newSecret().secret };
}

function warnIfReadable({ output }: Session, server: string): void {
  const { protocol, hostname } = new URL(server);
  if (protocol !== 'http:' || isLoopback(hostname)) return;
  output.tell([
    styled('yellow', 'Warning:'),
    ` ${server} is not encrypted: whoever is on the way can read your secret. Ask your admin for https.`,
  ]);
}

async function reset({ contexts, output }: Session): Promise<void> {
  const isBroken = await contexts.read().then(
    () => false,
    (error: unknown) => {
      if (error instanceof Problem && error.code === 'config_invalid') return true;
      throw error;
    },
  );
  if (!isBroken) {
    throw new Problem(
      'usage',
      `${contexts.path} is in order: there is nothing to reset.\nTo forget a server: berth logout`,
    );
  }
  output.tell(`Your old config is now ${await contexts.setAside()}.`);
}
