import { closest, containerTitle, Problem, type ContainerView } from '@berth/contract';
import type { ApiClient } from '@berth/api-client';
import type { Command } from '../command.ts';
import { foldersText, lossText } from '../container-text.ts';
import type { Output } from '../output.ts';
import { signIn, type Session } from '../session.ts';
import { styled } from '../text.ts';

export const stop: Command = {
  name: 'stop',
  summary: 'Stop containers and remove them',
  details: 'What is not in a persistent volume is lost; it says what that is, and asks.',
  arguments: [{ flags: '<name...>', about: 'containers, as in berth list' }],
  options: [{ flags: '-y, --yes', about: 'do not ask' }],
  examples: [
    { command: 'berth stop python-lab', does: 'after you have agreed to what is lost' },
    { command: 'berth stop --yes python-lab python-lab.exam', does: 'both, without a question' },
  ],
  run: async (session, input) => {
    const { client } = await signIn(session);
    const { containers } = await client.containers();
    const wanted = pick(containers, input.arguments);
    for (const container of wanted) warn(session.output, container);
    if (!input.flag('yes') && !(await agreed(session, wanted.length))) {
      session.output.tell('Nothing was stopped.');
      return;
    }
    const results = await Promise.allSettled(
      wanted.map((container) => end(session.output, client, container)),
    );
    const reasons = results.flatMap((each): unknown[] =>
      each.status === 'rejected' ? [each.reason] : [],
    );
    if (reasons.length > 0) throw failure(session.output, reasons, wanted.length);
  },
};

/** The containers that are meant, each once. Nothing is stopped when one of them is not there. */
function pick(
  containers: readonly ContainerView[],
  names: readonly string[],
): readonly ContainerView[] {
  const picked = names.map((name) => {
    const found = containers.find((each) => each.id === name || containerTitle(each) === name);
    if (found !== undefined) return found;
    const near = closest(name, containers.map(containerTitle));
    const hint = near === undefined ? '' : `\nDid you mean ${near}?`;
    throw new Problem(
      'not_found',
      `You have no container called ${name}.${hint}\nTo see yours: berth list`,
    );
  });
  return [...new Set(picked)];
}

function warn(output: Output, container: ContainerView): void {
  const kept = container.volumes.filter(({ persistent }) => persistent);
  output.tell(styled('bold', containerTitle(container)));
  output.tell(['  ', styled('red', 'Lost:'), ` ${lossText(container.volumes)}`]);
  if (kept.length > 0) output.tell(['  ', styled('green', 'Kept:'), ` ${foldersText(kept)}`]);
}

async function agreed({ prompt }: Session, count: number): Promise<boolean> {
  if (!prompt.isTerminal) {
    throw new Problem(
      'usage',
      'Stopping loses what is listed above, and there is no terminal to ask on.\nTo agree beforehand: berth stop --yes NAME',
    );
  }
  return prompt.confirm(count === 1 ? 'Stop it?' : `Stop all ${count}?`);
}

async function end(output: Output, client: ApiClient, container: ContainerView): Promise<void> {
  const { kept_volumes: kept } = await client.stop(container.id);
  const keeping = kept.length === 0 ? '' : `; kept ${kept.join(', ')}`;
  output.print([styled('green', '✔'), ` Stopped ${containerTitle(container)}${keeping}`]);
}

/** What is thrown for stops that failed: the reason itself, or where there were more, how many. */
function failure(output: Output, reasons: readonly unknown[], count: number): unknown {
  const [first] = reasons;
  if (count === 1 || !(first instanceof Problem)) return first;
  for (const reason of reasons) {
    if (reason instanceof Problem) output.tell([styled('red', '✖'), ` ${reason.message}`]);
  }
  return new Problem(
    first.code,
    `${reasons.length} of ${count} were not stopped.\nTo see what is left: berth list`,
    { details: first.details, cause: first },
  );
}
