import type { EngineId } from '../port.ts';
import type { DockerApi } from './api.ts';
import { unless } from './call.ts';
import { reasonOf, statusOf } from './errors.ts';

/** A start that fails for a port takes 0.15 s. */
const MOST_ATTEMPTS = 20;
const PORT_IN_USE = /:(\d+)(?:\/\w+)?: (?:bind: )?address already in use/;

/**
 * Starts a container. Of a range of ports, the engine takes one that no container has; it fails where
 * another program has that one, and takes the next one when it is asked again.
 */
export async function start(
  docker: DockerApi,
  id: EngineId,
  abortSignal: AbortSignal,
): Promise<void> {
  const tried = new Set<string>();
  for (;;) {
    try {
      await unless([304], docker.getContainer(id).start({ abortSignal }));
      return;
    } catch (error) {
      const port = PORT_IN_USE.exec(reasonOf(error))?.[1];
      // A port that comes again means that there is no other.
      if (port === undefined || tried.has(port) || tried.size === MOST_ATTEMPTS) throw error;
      tried.add(port);
    }
  }
}

/** @param t seconds after which it is killed */
export async function restart(
  docker: DockerApi,
  id: EngineId,
  t: number,
  abortSignal: AbortSignal,
): Promise<void> {
  const container = docker.getContainer(id);
  try {
    await container.restart({ t, abortSignal });
  } catch (error) {
    // Of whatever keeps it from starting: the engine tells which it is only of a start.
    if (statusOf(error) !== 500) throw error;
    const { State } = await container.inspect({ abortSignal });
    if (State.Running) throw error;
    await start(docker, id, abortSignal);
  }
}
