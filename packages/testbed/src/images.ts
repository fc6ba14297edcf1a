import type Docker from 'dockerode';

/** Removes an image from the engine; removing a missing one succeeds. */
export async function removeImage(docker: Docker, reference: string): Promise<void> {
  const [present] = await docker.listImages({ filters: { reference: [reference] } });
  if (present !== undefined) await docker.getImage(reference).remove();
}
