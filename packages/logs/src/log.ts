import { Problem } from '@berth/contract';
import { dump } from 'js-yaml';

export type Severity = 'debug' | 'info' | 'warn' | 'error';

const ORDER: readonly Severity[] = ['debug', 'info', 'warn', 'error'];

/** Writes one entry: an event in snake_case, and what there is to know about it. */
export type LogFunction = (event: string, context?: Readonly<Record<string, unknown>>) => void;

export type Log = Readonly<Record<Severity, LogFunction>>;

/** Longer strings are cut: an unauthenticated caller can make us log what it sent. */
const MAX_STRING = 2048;
const MAX_CAUSES = 5;

/**
 * A log of YAML documents, one for each entry. Whatever a value holds, it stays inside its entry: the
 * serializer quotes it.
 *
 * @param options.write takes whole entries, each ending in a newline
 * @param options.now gives the time of an entry
 */
export function createLog(options: {
  readonly write: (entry: string) => void;
  readonly level: Severity;
  readonly now: () => Date;
}): Log {
  const at = (severity: Severity): LogFunction => {
    if (ORDER.indexOf(severity) < ORDER.indexOf(options.level)) return () => {};
    return (event, context = {}) => {
      const entry = { time: options.now().toISOString(), severity, event, ...plain(context) };
      options.write(`---\n${dump(entry, { lineWidth: -1 })}`);
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function plain(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(context)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, plainValue(value)]),
  );
}

function plainValue(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > MAX_STRING ? `${value.slice(0, MAX_STRING)}…` : value;
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (value instanceof Error) return describeError(value);
      if (value instanceof Date) return value.toISOString();
      if (Array.isArray(value)) return value.map(plainValue);
      return plain(value as Record<string, unknown>);
    default:
      return String(value);
  }
}

/** An error with its chain of causes, outermost first. A Problem's stack says nothing: it was meant. */
function describeError(error: Error): unknown {
  const chain: unknown[] = [];
  let current: unknown = error;
  while (current instanceof Error && chain.length < MAX_CAUSES) {
    chain.push({
      name: current.name,
      ...(current instanceof Problem ? { code: current.code } : {}),
      message: plainValue(current.message),
      ...(current instanceof Problem || current.stack === undefined
        ? {}
        : { stack: plainValue(current.stack) }),
    });
    current = current.cause;
  }
  return chain.length === 1 ? chain[0] : chain;
}
