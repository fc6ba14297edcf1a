import { Problem } from '@berth/contract';
import { emit, type Plain } from './emit.ts';
import { isSecretKey, REDACTED, withoutSecrets } from './redact.ts';

/** From what only a developer wants to know, to what ends the program. */
export const SEVERITIES = ['debug', 'info', 'warn', 'error', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Writes one entry: an event in snake_case, and what there is to know about it. */
export type LogFunction = (event: string, context?: Readonly<Record<string, unknown>>) => void;

export type Log = Readonly<Record<Severity, LogFunction>>;

/** Longer strings are cut: an unauthenticated caller can make us log what it sent. */
const MAX_STRING = 2048;
const MAX_CAUSES = 5;
/** Deeper than anything of ours; what refers to itself ends here. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 100;

export const isAtLeast = (severity: Severity, level: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(level);

/**
 * A log of YAML documents, one for each entry. Whatever a value holds, it stays inside its entry, and no
 * secret gets out: neither what stands under a key that names one, nor what has the shape of one of ours.
 *
 * @param options.write takes whole entries, each ending in a newline
 * @param options.level the least severity that is written; asked each time, for a reload may change it
 * @param options.now gives the time of an entry
 */
export function createLog(options: {
  readonly write: (entry: string) => void;
  readonly level: () => Severity;
  readonly now: () => Date;
}): Log {
  const { write, level, now } = options;
  const at =
    (severity: Severity): LogFunction =>
    (event, context = {}) => {
      if (isAtLeast(severity, level())) write(entryText(now(), severity, event, context));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    critical: at('critical'),
  };
}

/** An entry as it stands in a log. */
export function entryText(
  time: Date,
  severity: Severity,
  event: string,
  context: Readonly<Record<string, unknown>>,
): string {
  return emit({ time: time.toISOString(), severity, event, ...plainMap(context, 0) });
}

function plainMap(map: object, depth: number): Record<string, Plain> {
  const plain: Record<string, Plain> = {};
  for (const key of Object.keys(map).slice(0, MAX_ITEMS)) {
    const value = read(map, key);
    if (value === undefined) continue;
    const shown = isSecretKey(key) ? REDACTED : plainOf(value, depth);
    // Assigned, it would not be a key like any other.
    if (key === '__proto__') Object.defineProperty(plain, key, { value: shown, enumerable: true });
    else plain[cut(key)] = shown;
  }
  return plain;
}

/** What a getter throws is no reason to lose the entry. */
function read(map: object, key: string): unknown {
  try {
    return (map as Record<string, unknown>)[key];
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.message : String(error)}]`;
  }
}

function plainOf(value: unknown, depth: number): Plain {
  switch (typeof value) {
    case 'string':
      return cut(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (value instanceof Error) return plainError(value);
      if (value instanceof Date) return plainDate(value);
      if (depth === MAX_DEPTH) return '[deeper]';
      if (Array.isArray(value)) {
        return value.slice(0, MAX_ITEMS).map((item: unknown) => plainOf(item, depth + 1));
      }
      return plainMap(value, depth + 1);
    default:
      return cut(String(value));
  }
}

const plainDate = (date: Date): string =>
  Number.isNaN(date.getTime()) ? String(date) : date.toISOString();

function cut(text: string): string {
  // Cut first: looking for secrets in megabytes takes time.
  const short = text.length > MAX_STRING ? `${text.slice(0, MAX_STRING)}…` : text;
  return withoutSecrets(short);
}

/** An error with its chain of causes, outermost first. A Problem's stack says nothing: it was meant. */
function plainError(error: Error): Plain {
  const chain: Plain[] = [];
  let current: unknown = error;
  while (current instanceof Error && chain.length < MAX_CAUSES) {
    chain.push({
      name: cut(current.name),
      ...(current instanceof Problem ? { code: current.code } : {}),
      message: cut(current.message),
      ...(current instanceof Problem || current.stack === undefined
        ? {}
        : { stack: cut(current.stack) }),
    });
    current = current.cause;
  }
  return chain.length === 1 && chain[0] !== undefined ? chain[0] : chain;
}
