import { describe, expect, test } from 'vitest';
import { toStats, type Sample } from './sample.ts';

/** As Engine 20.10 sends it of a container on cgroup v1 with two networks. */
const sample: Sample = {
  read: '2026-11-24T04:15:23.402628903Z',
  cpu_stats: { cpu_usage: { total_usage: 23_741_549 } },
  memory_stats: {
    usage: 2_883_584,
    limit: 67_108_864,
    stats: { inactive_file: 1, total_inactive_file: 446_464 },
  },
  pids_stats: { current: 2 },
  networks: { eth0: { rx_bytes: 1086, tx_bytes: 10 }, eth1: { rx_bytes: 14, tx_bytes: 5 } },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: 'Read', value: 4096 },
      { op: 'Write', value: 512 },
      { op: 'Total', value: 4608 },
      { op: 'Read', value: 4 },
    ],
  },
};
const memory = (stats: Sample['memory_stats']['stats'] & {}) =>
  toStats({ ...sample, memory_stats: { usage: 100, limit: 1000, stats } })?.memoryBytes;

describe('what the engine says a container uses', () => {
  test('is added up over networks and disks', () => {
    expect(toStats(sample)).toEqual({
      time: new Date('2026-11-24T04:15:23.402Z'),
      cpuNanos: 23_741_549,
      memoryBytes: 2_883_584 - 446_464,
      memoryLimitBytes: 67_108_864,
      pids: 2,
      network: { receivedBytes: 1100, sentBytes: 15 },
      disk: { readBytes: 4100, writtenBytes: 512 },
    });
  });

  test('has the page cache taken off, under the name that cgroup v2 gives it too', () => {
    expect(memory({ inactive_file: 30 })).toBe(70);
  });

  test('keeps the page cache where the engine counts more of it than there is memory', () => {
    expect(memory({ inactive_file: 100 })).toBe(100);
    expect(memory({})).toBe(100);
  });

  test('is 0 where the container has no network, or has not touched a disk', () => {
    const { read, cpu_stats, memory_stats } = sample;
    const quiet = { read, cpu_stats, memory_stats };
    const untouched = { ...quiet, blkio_stats: { io_service_bytes_recursive: null } };
    expect(toStats(untouched)).toEqual(toStats(quiet));
    expect(toStats(quiet)).toMatchObject({
      pids: 0,
      network: { receivedBytes: 0, sentBytes: 0 },
      disk: { readBytes: 0, writtenBytes: 0 },
    });
  });

  test('is nothing for a container that does not run', () => {
    const stopped = { ...sample, read: '0001-01-01T00:00:00Z', memory_stats: {} };
    expect(toStats(stopped)).toBeUndefined();
  });
});
