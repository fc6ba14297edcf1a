import Docker from 'dockerode';

/** The engine that tests use. */
export interface TestEngine {
  /** `unix:///PATH`, as Berth’s own settings have it. */
  readonly host: string;
  /** For what our `Engine` port cannot do: making images, looking inside. */
  readonly docker: Docker;
}

/**
 * The engine that tests run on: `BERTH_TEST_ENGINE`, or the machine’s own. A test that needs one fails
 * without it; it is never skipped.
 */
export async function testEngine(): Promise<TestEngine> {
  const host = process.env['BERTH_TEST_ENGINE'] ?? 'unix:///var/run/docker.sock';
  // An explicit `host` keeps dockerode from using DOCKER_HOST instead.
  const docker = new Docker({ socketPath: host.replace(/^unix:\/\//, ''), host: undefined });
  try {
    await docker.ping();
  } catch (cause) {
    throw new Error(`No engine answers at ${host}; run ./scripts/test, which starts one.`, {
      cause,
    });
  }
  return { host, docker };
}
