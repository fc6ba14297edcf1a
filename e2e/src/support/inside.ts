import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';

/** Runs a shell command in a container, past Berth, and returns what it printed. */
export async function inside(docker: Docker, id: string, command: string): Promise<string> {
  const engineId = await engineIdOf(docker, id);
  const exec = await docker.getContainer(engineId).exec({
    Cmd: ['/bin/sh', '-c', command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({});
  const out = new PassThrough();
  const printed = text(out);
  docker.modem.demuxStream(stream, out, out);
  stream.on('end', () => out.end());
  return (await printed).trim();
}

/** The engine's own id of the container with this `io.berth.id`. */
export async function engineIdOf(docker: Docker, id: string): Promise<string> {
  const [found] = await docker.listContainers({
    all: true,
    filters: { label: [`io.berth.id=${id}`] },
  });
  if (found === undefined) throw new Error(`The engine has no container ${id}`);
  return found.Id;
}
