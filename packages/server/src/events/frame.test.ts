import { createParser } from 'eventsource-parser';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameOf, heartbeatOf, openingOf } from './frame.ts';

/** All that people and programs have for the end of a line, a field, an event or a text. */
const HOSTILE = [
  '\n',
  '\r',
  '\r\n',
  '\n\ndata: x',
  '\0',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\ud800',
  'id: 1',
  ':',
];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string())).map((parts) => parts.join('')),
);

test('what a reader of the standard reads is what was written, for any text in any pieces', () => {
  const one = fc.record({ template: text, beats: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(one),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (events, cuts) => {
        const at = '2026-11-24T10:00:00.000Z';
        const written = events.map(
          ({ template }) => ({ kind: 'template_added', at, template }) as const,
        );
        const stream = Buffer.concat([
          openingOf('life-0', 2000),
          ...written.flatMap((event, index) => [
            frameOf(event, `life-${index + 1}`),
            ...(events[index]?.beats === true ? [heartbeatOf(`life-${index + 1}`)] : []),
          ]),
        ]);
        const read: { readonly id: string | undefined; readonly event: unknown }[] = [];
        const ids: string[] = [];
        const parser = createParser({
          onId: (id) => void ids.push(id),
          onEvent: ({ id, event, data }) => {
            expect(event).toBeUndefined();
            read.push({ id, event: JSON.parse(data) });
          },
          onError: (error) => {
            throw error;
          },
        });
        const decoder = new TextDecoder();
        for (let from = 0; from < stream.length;) {
          const until = from + ((cuts.next().value as number | undefined) ?? 1);
          parser.feed(decoder.decode(stream.subarray(from, until), { stream: true }));
          from = until;
        }
        const expected = written.map((event, index) => ({ id: `life-${index + 1}`, event }));
        expect(read).toEqual(expected);
        expect(ids.at(-1)).toBe(`life-${written.length}`);
      },
    ),
  );
});
