import {
  COLLECTION_STYLE,
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  load,
  SCALAR_STYLE,
  type Event,
  type MappingEvent,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { lineEnd, skipComments, withoutBreak } from './lines.ts';

/** What stands where in a text; offsets are zero-based, ends exclusive. */
export type Node = Scalar | Collection;

export interface Scalar {
  readonly kind: 'scalar';
  /** `none`: nothing is written, which means null. */
  readonly style: 'none' | 'plain' | 'single' | 'double' | 'literal' | 'folded';
  readonly start: number;
  /** Blank lines behind the last line of a literal or folded text are outside, unless they count. */
  readonly end: number;
  /** Of the lines of a literal or folded text; -1 where there are none. */
  readonly indent: number;
}

export interface Collection {
  readonly kind: 'mapping' | 'sequence';
  readonly flow: boolean;
  readonly start: number;
  readonly end: number;
  readonly entries: readonly Entry[];
}

export interface Entry {
  /** Of the key or of the `?` in front of it, of the dash, or of the item of a flow sequence. */
  readonly start: number;
  /** The key as it reads back; empty in a sequence. */
  readonly name: string;
  /** Just behind the colon or the dash: where a value may be written. */
  readonly after: number;
  readonly value: Node;
}

/** The tree of a text's only document. */
export function nodesOf(text: string, events: readonly Event[]): Node {
  // The first event is the document itself.
  let cursor = 1;
  const isClosed = (): boolean => {
    const event = events[cursor];
    if (event !== undefined && event.type !== EVENT_ID.POP) return false;
    cursor += 1;
    return true;
  };

  const readNode = (after: number): Node => {
    const event = events[cursor];
    cursor += 1;
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return scalar(text, event, after);
      case EVENT_ID.SEQUENCE:
        return readSequence(event);
      case EVENT_ID.MAPPING:
        return readMapping(event);
      case EVENT_ID.ALIAS: {
        const { anchorStart, anchorEnd } = event;
        return {
          kind: 'scalar',
          style: 'plain',
          start: anchorStart - 1,
          end: anchorEnd,
          indent: -1,
        };
      }
      default:
        throw new Error('js-yaml gave events in an order that was not expected.');
    }
  };

  const readSequence = ({ start, style }: SequenceEvent): Collection => {
    const flow = style === COLLECTION_STYLE.FLOW;
    const entries: Entry[] = [];
    let from = flow ? start + 1 : start;
    while (!isClosed()) {
      const at = flow ? skipCommas(text, from) : skipComments(text, from);
      const after = flow ? at : at + 1;
      const value = readNode(after);
      entries.push({ start: at, name: '', after, value });
      from = value.end;
    }
    const end = flow ? skipCommas(text, from) + 1 : from;
    return { kind: 'sequence', flow, start, end, entries };
  };

  const readMapping = ({ start, style }: MappingEvent): Collection => {
    const flow = style === COLLECTION_STYLE.FLOW;
    // `[a: 1]` is a sequence of one mapping without braces.
    const hasBraces = flow && text[start] === '{';
    const entries: Entry[] = [];
    let from = hasBraces ? start + 1 : start;
    while (!isClosed()) {
      const keyEvent = events[cursor];
      const at = skipCommas(text, from);
      const key = readNode(at);
      const colon = skipComments(text, key.end);
      const after = text[colon] === ':' ? colon + 1 : key.end;
      const value = readNode(after);
      const name = keyEvent?.type === EVENT_ID.SCALAR ? keyName(text, keyEvent) : '';
      entries.push({ start: at, name, after, value });
      from = value.end;
    }
    const end = hasBraces ? skipCommas(text, from) + 1 : from;
    return { kind: 'mapping', flow, start, end, entries };
  };

  // A document that says nothing ends in front of the final `...`.
  const end = /^\.\.\.(?=\s|$)/m.exec(text)?.index ?? text.length;
  return events.length === 0 ? nothingAt(end) : readNode(end);
}

function scalar(text: string, event: ScalarEvent, after: number): Scalar {
  const { valueStart, valueEnd, indent } = event;
  if (valueStart < 0) return nothingAt(after);
  const quoted = { kind: 'scalar', start: valueStart - 1, end: valueEnd + 1, indent } as const;
  switch (event.style) {
    case SCALAR_STYLE.PLAIN:
      return { kind: 'scalar', style: 'plain', start: valueStart, end: valueEnd, indent };
    case SCALAR_STYLE.SINGLE_QUOTED:
      return { ...quoted, style: 'single' };
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return { ...quoted, style: 'double' };
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK: {
      const start = skipComments(text, after);
      const header = withoutBreak(text, lineEnd(text, start));
      const keepsBlankLines = /^.\d?\+/.test(text.slice(start, header));
      const body = text.slice(valueStart, valueEnd);
      const kept = keepsBlankLines ? body.replace(/\r?\n$/, '') : body.trimEnd();
      const end = kept === '' ? header : valueStart + kept.length;
      const style = event.style === SCALAR_STYLE.LITERAL_BLOCK ? 'literal' : 'folded';
      return { kind: 'scalar', style, start, end, indent };
    }
    default:
      return event.style satisfies never;
  }
}

function nothingAt(offset: number): Scalar {
  return { kind: 'scalar', style: 'none', start: offset, end: offset, indent: -1 };
}

function skipCommas(text: string, offset: number): number {
  let at = skipComments(text, offset);
  while (text[at] === ',') at = skipComments(text, at + 1);
  return at;
}

const RESOLVED =
  /^(?:~|null|true|false|[-+]?(?:[\d.]+(?:e[-+]?\d+)?|0x[\da-f]+|0o[0-7]+|\.inf|\.nan))$/i;

/** Keys are strings in the value, whatever they look like: `1.0:` is "1". */
function keyName(text: string, event: ScalarEvent): string {
  const written = getScalarValue(text, event);
  if (event.style !== SCALAR_STYLE.PLAIN) return written;
  if (written === '') return 'null';
  return RESOLVED.test(written) ? String(load(written, { schema: CORE_SCHEMA })) : written;
}
