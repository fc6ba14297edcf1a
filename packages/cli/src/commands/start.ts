import { containerTitle, Name, Problem, type StartEvent, type StartRequest } from '@berth/contract';
import type { Command, Input } from '../command.ts';
import { foldersText, lossText, portAddress } from '../container-text.ts';
import { matches } from '../matches.ts';
import type { Output } from '../output.ts';
import { signIn } from '../session.ts';
import { createStartProgress } from '../start-progress.ts';
import { styled } from '../text.ts';

type Done = Extract<StartEvent, { event: 'done' }>;

export const start: Command = {
  name: 'start',
  summary: 'Start a container',
  details:
    'Ends when it runs. One that runs already stays as it is. Ctrl-C cancels the start and leaves nothing behind.',
  arguments: [{ flags: '<template>', about: 'what to start, as in berth list' }],
  options: [
    { flags: '--name <name>', about: 'a further one of the same template, under this name' },
    { flags: '--json', about: 'print each event as it comes, one JSON document a line' },
  ],
  examples: [
    { command: 'berth start python-lab', does: 'start it, or do nothing if it runs' },
    { command: 'berth start python-lab --name exam', does: 'a second one: python-lab.exam' },
  ],
  run: async (session, input) => {
    const request = requestFrom(input);
    const { output } = session;
    const { client, context } = await signIn(session);
    if (input.flag('json')) {
      return printEvents(output, client.start(request));
    }
    const progress = createStartProgress(output, session.elapsed);
    let done: Done | undefined;
    try {
      for await (const event of client.start(request)) {
        progress.show(event);
        if (event.event === 'done') done = event;
      }
    } catch (error) {
      progress.fail();
      throw error;
    }
    if (done !== undefined) tellResult(output, done, context.server);
  },
};

/** For a program the last line decides, also when the server refused before it sent any. */
async function printEvents(output: Output, events: AsyncIterable<StartEvent>): Promise<void> {
  let last: StartEvent | undefined;
  try {
    for await (const event of events) {
      output.json(event);
      last = event;
    }
  } catch (error) {
    if (error instanceof Problem && last?.event !== 'failed') {
      const { code, message, details } = error;
      const request = typeof details['request_id'] === 'string' ? details['request_id'] : '';
      const problem = { code, message, details, request_id: request };
      output.json({ event: 'failed', problem } satisfies StartEvent);
    }
    throw error;
  }
}

/** `template.name`, as `berth list` shows it, is as good as `template --name name`. */
function requestFrom(input: Input): StartRequest {
  const [given = ''] = input.arguments;
  const [template = '', ofTitle, ...more] = given.split('.');
  const name = input.value('name') ?? ofTitle;
  const isTwice = ofTitle !== undefined && name !== ofTitle;
  for (const word of more.length > 0 || isTwice ? [given] : [template, name ?? template]) {
    if (!matches(Name, word)) {
      throw new Problem(
        'usage',
        `"${word}" is not a name.\nNames are lower-case letters, digits and hyphens, starting with a letter. Yours: berth list`,
      );
    }
  }
  return name === undefined ? { template } : { template, name };
}

/** What a shell, and the init process of every container, says of a command that is not there. */
const COMMAND_MISSING = 127;

const OUTCOMES: Readonly<Record<Done['outcome'], string>> = {
  started: 'is running',
  resumed: 'is running again',
  already_running: 'was running already',
};

function tellResult(output: Output, { outcome, container }: Done, server: string): void {
  const title = containerTitle(container);
  if (container.state === 'exited') {
    return tellEnded(output, title, container.exit_code ?? 0);
  }
  output.print([styled('bold', title), ` ${OUTCOMES[outcome]}.`]);
  for (const port of container.ports) {
    const { address, onServerOnly } = portAddress(port, server);
    const label = port.label === undefined ? '' : `${port.label}, `;
    const reach = onServerOnly ? ', reachable on the server itself' : '';
    output.print([
      '  Port:  ',
      styled('cyan', address),
      ` (${label}${port.container} inside${reach})`,
    ]);
  }
  const kept = container.volumes.filter(({ persistent }) => persistent);
  if (kept.length > 0) output.print(`  Lasts: ${foldersText(kept)}`);
  output.print(`  Lost at stop: ${lossText(container.volumes)}`);
  output.print(`  To end it: berth stop ${title}`);
}

/** What the engine started has ended before it could be looked at. */
function tellEnded(output: Output, title: string, exitCode: number): void {
  if (exitCode === 0) {
    output.print([styled('bold', title), ' has run, and has ended already.']);
    return;
  }
  const why = exitCode === COMMAND_MISSING ? ': its image does not have that command' : '';
  throw new Problem(
    'template_rejected',
    `${title} ended as soon as it had started, with exit code ${exitCode}${why}.\nAsk your admin to correct the command of its template. To remove it: berth stop ${title}`,
    { details: { exit_code: exitCode } },
  );
}
