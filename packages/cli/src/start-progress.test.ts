import type { LayerProgress } from '@berth/contract';
import { expect, test } from 'vitest';
import { layerBars } from './layer-bars.ts';
import { createOutput } from './output.ts';
import { createStartProgress } from './start-progress.ts';
import { render } from './text.ts';

/** What a terminal of this width was sent, and a clock to move. */
function terminal(columns?: number) {
  let sent = '';
  let time = 0;
  const stream = {
    isTTY: true,
    write: (text: string) => {
      sent += text;
    },
    ...(columns === undefined ? {} : { columns }),
  };
  return {
    progress: createStartProgress(
      createOutput({ stdout: stream, stderr: stream, env: {} }),
      () => time,
    ),
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    take: () => {
      const taken = sent;
      sent = '';
      return taken;
    },
  };
}

test('draws layers as they come, but not more often than an eye can see', () => {
  const { progress, pass, take } = terminal();
  progress.show({ event: 'pulling', image: 'i' });
  take();
  progress.show({ event: 'layer', layer: 'abc', status: 'downloading', current: 1, total: 2 });
  expect(take()).toBe('');
  pass(100);
  progress.show({ event: 'layer', layer: 'abc', status: 'downloading', current: 2, total: 2 });
  expect(take()).toContain('2b of 2b');
});

test('cuts lines that a narrow terminal would wrap', () => {
  const { progress, take } = terminal(20);
  progress.show({ event: 'pulling', image: 'registry.example/a-very-long-name' });
  // oxlint-disable-next-line no-control-regex -- takes the sequences out
  const plain = take().replaceAll(/\u001B\[\d*[A-Za-z]|\r/g, '');
  expect(plain).toBe('… Pulling registry.\n');
});

test('marks the stage that failed, and only one that was under way', () => {
  const { progress, take } = terminal();
  progress.fail();
  expect(take()).not.toContain('✖');
  progress.show({ event: 'creating' });
  progress.show({
    event: 'failed',
    problem: { code: 'internal', message: '', details: {}, request_id: '' },
  });
  progress.fail();
  expect(take()).toContain('✖\u001B[39m Creating the container');
});

test('ignores a layer outside a pull', () => {
  const { progress, pass, take } = terminal();
  pass(100);
  progress.show({ event: 'layer', layer: 'abc', status: 'done' });
  expect(take()).toBe('');
});

test('shows a few bars and counts all layers', () => {
  const layers = new Map(
    Array.from({ length: 9 }, (_, index): [string, LayerProgress] => [
      String(index),
      index === 0
        ? { layer: '0', status: 'done' }
        : { layer: String(index), status: 'extracting', current: 1024 },
    ]),
  );
  const lines = layerBars(layers).map((line) => render(line, false));
  expect(lines).toHaveLength(7);
  expect(lines[0]).toBe('    1            extracting  1k');
  expect(lines[6]).toBe('    1 of 9 layers');
  expect(layerBars(new Map())).toEqual([]);
  const empty: LayerProgress = { layer: 'e', status: 'downloading', total: 0 };
  expect(render(layerBars(new Map([['e', empty]]))[0] ?? '', false)).toContain('0b');
});
