/** What a container uses at one moment, and has used since it was started: counters begin anew then. */
export interface ContainerStats {
  /** When it was so, by the engine’s clock. */
  readonly time: Date;
  /** CPU time used, of all cores together. */
  readonly cpuNanos: number;
  /** In use, without the part of the page cache that the kernel would give up first. */
  readonly memoryBytes: number;
  /** The machine’s own memory where the container has no limit. */
  readonly memoryLimitBytes: number;
  /** Processes and threads. */
  readonly pids: number;
  /** Of all its networks; 0 without one. */
  readonly network: { readonly receivedBytes: number; readonly sentBytes: number };
  /** Of all disks, as far as it did not come from the page cache. */
  readonly disk: { readonly readBytes: number; readonly writtenBytes: number };
}
