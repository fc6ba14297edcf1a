import type { ApiClient } from '@berth/api-client';
import { Problem, type Credential } from '@berth/contract';
import type { ContextStore } from './context-store.ts';
import { pickContext, type NamedContext } from './contexts.ts';
import type { Output } from './output.ts';
import type { Prompt } from './prompt.ts';

/** Everything a command works with; `main.ts` makes the real one. */
export interface Session {
  readonly output: Output;
  readonly prompt: Prompt;
  readonly contexts: ContextStore;
  /** The context, by name or address, that --server or BERTH_SERVER asks for. */
  readonly wanted: string | undefined;
  connect(server: string, credential?: Credential): ApiClient;
  /** What this machine calls itself. */
  readonly hostname: string;
  readonly now: () => Date;
  /** Milliseconds from a clock that never jumps. */
  readonly elapsed: () => number;
  /** Waits between two looks at a pending enrolment. Throws `cancelled` on Ctrl-C. */
  readonly pause: () => Promise<void>;
}

export interface SignedIn extends NamedContext {
  readonly client: ApiClient;
}

/** The context in use and its server's API. Throws `not_logged_in`. */
export async function signIn(session: Session): Promise<SignedIn> {
  const picked = pickContext(await session.contexts.read(), session.wanted);
  const { context } = picked;
  if (context.user === undefined) {
    throw new Problem(
      'not_logged_in',
      `Your login to ${context.server} is not finished.\nTo go on with it: berth login ${context.server}`,
    );
  }
  const credential = { clientId: context.client, secret: context.secret };
  return { ...picked, client: session.connect(context.server, credential) };
}
