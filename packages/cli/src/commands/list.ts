import { containerTitle, type ContainerState, type ContainerView } from '@berth/contract';
import { age } from '../age.ts';
import type { Command } from '../command.ts';
import { portText, volumeText } from '../container-text.ts';
import { signIn } from '../session.ts';
import { table } from '../table.ts';
import { styled, type Style, type Styled } from '../text.ts';

const COLUMNS = ['NAME', 'STATE', 'IMAGE', 'PORTS', 'VOLUMES', 'CREATED'];

export const list: Command = {
  name: 'list',
  summary: 'Show your containers, and what you may start',
  details: 'A template that you have not started stands there with the state "-".',
  arguments: [],
  options: [{ flags: '--json', about: 'print it for a program' }],
  examples: [
    { command: 'berth list', does: 'what runs, and what you may start' },
    { command: 'berth list --json', does: 'the same, for a program' },
  ],
  run: async (session, input) => {
    const { output } = session;
    const { client } = await signIn(session);
    const [fetched, { containers }] = await Promise.all([client.getConfig(), client.containers()]);
    const templates = fetched.changed ? fetched.config.templates : {};
    if (input.flag('json')) {
      output.json({ templates, containers }, 2);
      return;
    }
    const started = new Set(containers.map(({ template }) => template));
    const rows = [
      ...containers.map((container) => [
        containerTitle(container),
        stateText(container),
        container.image,
        container.ports.map(portText).join(', '),
        container.volumes.map(volumeText).join(', '),
        age(container.created, session.now()),
      ]),
      ...Object.entries(templates)
        .filter(([name]) => !started.has(name))
        .map(([name, template]) => [
          name,
          '-',
          template.image,
          template.ports.map(portText).join(', '),
          template.volumes.map(volumeText).join(', '),
          '-',
        ]),
    ];
    if (rows.length === 0) {
      output.tell(
        'There is nothing that you may start yet. Ask your admin to give you a template.',
      );
      return;
    }
    for (const line of table(COLUMNS, rows)) output.print(line);
    if (containers.length === 0) output.tell('None runs yet. To start one: berth start NAME');
  },
};

const STYLES: Partial<Record<ContainerState, Style>> = {
  running: 'green',
  paused: 'yellow',
  restarting: 'yellow',
  exited: 'yellow',
  dead: 'red',
};

function stateText({ state, exit_code: exitCode }: ContainerView): string | Styled {
  const style = STYLES[state];
  const text = exitCode === undefined ? state : `${state} (${exitCode})`;
  return style === undefined ? text : styled(style, text);
}
