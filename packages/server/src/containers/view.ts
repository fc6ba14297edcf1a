import type { Account } from '@berth/config';
import { Problem, type ContainerView, type Template } from '@berth/contract';
import { identityOf, LABEL, type EngineContainer, type EngineVolume } from '@berth/engine';

/**
 * A container as its owner sees it.
 *
 * @param template as it is now, or undefined where it was removed since the container was made
 */
export function containerView(
  container: EngineContainer,
  account: Account,
  template: Template | undefined,
): ContainerView {
  const identity = identityOf(container.labels);
  if (identity === undefined) {
    throw new Problem('internal', `The labels of ${container.name} are not all there.`);
  }
  const { id, name, network, resources } = identity;
  return {
    id,
    template: identity.template,
    ...(name === undefined ? {} : { name }),
    owner: { id: account.id, username: account.username },
    image: container.image,
    state: container.state,
    ...(container.exitCode === undefined ? {} : { exit_code: container.exitCode }),
    created: container.created.toISOString(),
    resources,
    network: network ?? null,
    ports: container.ports.map((port) => {
      const label = template?.network.ports.find(
        (one) => one.container === port.container && one.protocol === port.protocol,
      )?.label;
      return {
        container: port.container,
        protocol: port.protocol,
        host_address: port.hostAddress,
        host_port: port.hostPort,
        ...(label === undefined ? {} : { label }),
      };
    }),
    volumes: container.mounts.map(({ volume, target }) => ({
      name: volumeTitle(volume),
      target,
      persistent: isPersistent(template, account, identity.template, volumeTitle(volume)),
    })),
  };
}

/** Whether a stop leaves the volume: by its template, by the user's choice, or because it was made so. */
export function keepsVolume(
  volume: EngineVolume,
  account: Account | undefined,
  templates: ReadonlyMap<string, Template>,
): boolean {
  const templateName = volume.labels[LABEL.template] ?? '';
  const name = volume.labels[LABEL.volume] ?? '';
  // A user who is gone cannot have chosen; what becomes of their files is the admin's decision.
  if (account === undefined) return true;
  const template = templates.get(templateName);
  // The same where the template no longer speaks of the volume.
  if (template === undefined || !template.volumes.some((one) => one.name === name)) {
    return volume.labels[LABEL.persistent] !== 'false';
  }
  return isPersistent(template, account, templateName, name);
}

function isPersistent(
  template: Template | undefined,
  account: Account,
  templateName: string,
  volume: string,
): boolean {
  return (
    account.overrides[templateName]?.persist === true ||
    template?.volumes.some(({ name, persistent }) => name === volume && persistent) === true
  );
}

/** What the template calls the volume: the last part of the engine's name for it. */
export const volumeTitle = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
