import { Problem } from '@berth/contract';
import { load, loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { createLog, type Severity } from './log.ts';

function recording(level: Severity = 'debug') {
  const entries: string[] = [];
  const log = createLog({
    write: (entry) => entries.push(entry),
    level: () => level,
    now: () => new Date('2026-11-23T10:00:00Z'),
  });
  return { log, entries };
}

test('writes one YAML document for each entry: time, severity, event, context', () => {
  const { log, entries } = recording();
  log.info('serving', { port: 8420, since: new Date(0), tags: ['a', null], none: undefined });
  expect(load(entries.join(''))).toEqual({
    time: '2026-11-23T10:00:00.000Z',
    severity: 'info',
    event: 'serving',
    port: 8420,
    since: '1970-01-01T00:00:00.000Z',
    tags: ['a', null],
  });
});

test('leaves out what is below its level', () => {
  const { log, entries } = recording('warn');
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  log.critical('e');
  expect(loadAll(entries.join('')).map((entry) => (entry as { event: string }).event)).toEqual([
    'c',
    'd',
    'e',
  ]);
});

test.each(['x\n---\nlevel: fake', '\u001b[31mred', '...\n---\n', "'", '\0', '\u2028---'])(
  'keeps %j inside its entry',
  (text) => {
    const { log, entries } = recording();
    log.warn('request_refused', { path: text, nested: { text } });
    const documents = loadAll(entries.join(''));
    expect(documents).toHaveLength(1);
    expect(documents[0]).toMatchObject({ path: text, nested: { text } });
    // Nothing that a terminal would act on gets out, either.
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(entries.join('')).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
  },
);

test('cuts long text', () => {
  const { log, entries } = recording();
  log.warn('request_refused', { path: 'x'.repeat(100_000) });
  expect(entries.join('').length).toBeLessThan(3000);
});

test('tells an error with its causes; a stack only where there was a surprise', () => {
  const { log, entries } = recording();
  const problem = new Problem('engine_unavailable', 'No engine', { cause: new Error('ENOENT') });
  log.error('request_failed', { problem, odd: 10n });
  const entry = load(entries.join('')) as { problem: Record<string, unknown>[]; odd: string };
  expect(entry.odd).toBe('10');
  expect(entry.problem).toHaveLength(2);
  expect(entry.problem[0]).toEqual({
    name: 'Problem',
    code: 'engine_unavailable',
    message: 'No engine',
  });
  expect(entry.problem[1]).toMatchObject({ name: 'Error', message: 'ENOENT' });
  expect(entry.problem[1]?.['stack']).toContain('log.test.ts');
});

test('an error without a cause is not a list', () => {
  const { log, entries } = recording();
  log.error('config_unreadable', { error: new Error('EIO') });
  expect(load(entries.join(''))).toMatchObject({ error: { name: 'Error', message: 'EIO' } });
});

test('a value that cannot be read, refers to itself or has no end loses nobody their entry', () => {
  const { log, entries } = recording();
  const cyclic: Record<string, unknown> = { name: 'a' };
  cyclic['self'] = cyclic;
  const trap = {
    get broken(): string {
      throw new Error('no');
    },
  };
  const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown;
  const proto = JSON.parse('{"__proto__": {"polluted": true}}') as object;
  log.error('odd', { cyclic, trap, deep, proto, many: Array.from({ length: 1e5 }), nan: NaN });
  log.error('odd', { date: new Date(NaN), symbol: Symbol('x'), fn: () => 1 });
  expect(loadAll(entries.join(''))).toMatchObject([
    { trap: { broken: '[unreadable: no]' }, nan: 'NaN' },
    { date: 'Invalid Date', symbol: 'Symbol(x)' },
  ]);
  expect(entries.join('').length).toBeLessThan(20_000);
});

test('the level may change while it runs', () => {
  const entries: string[] = [];
  let level: Severity = 'error';
  const write = (entry: string) => entries.push(entry);
  const log = createLog({ write, level: () => level, now: () => new Date(0) });
  log.info('a');
  level = 'info';
  log.info('b');
  expect(entries.map((entry) => (load(entry) as { event: string }).event)).toEqual(['b']);
});
