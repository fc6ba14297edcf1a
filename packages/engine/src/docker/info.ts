import type { EngineInfo } from '../port.ts';
import type { Info } from './api.ts';

/** Undefined for an answer that is not an engine’s. */
export function toInfo(info: Partial<Info>): EngineInfo | undefined {
  const { ServerVersion, OperatingSystem, NCPU, MemTotal, DockerRootDir, CgroupVersion } = info;
  if (ServerVersion === undefined || OperatingSystem === undefined) return undefined;
  if (NCPU === undefined || MemTotal === undefined) return undefined;
  return {
    version: ServerVersion,
    operatingSystem: OperatingSystem,
    cpus: NCPU,
    memoryBytes: MemTotal,
    directory: DockerRootDir === '' ? undefined : DockerRootDir,
    cgroupVersion: CgroupVersion === '2' ? 2 : 1,
  };
}
