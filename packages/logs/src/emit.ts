/** What an entry is made of, once it is plain: what JSON can say, without `undefined`. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** Text that YAML reads as itself, and takes for nothing else. */
const BARE = /^[A-Za-z/][A-Za-z0-9_./@-]*$/;
const WORDS = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

/** What JSON leaves as it is and a terminal or a reader of YAML would not: C1, DEL, separators, marks. */
const UNSAFE = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

/** Text that has nothing of it, as most. */
const ASCII = /^[ -~]*$/;

/** Lines that a person reads better as lines: no control character, none that begins with a space. */
const LINES = /^(?:[!-~][ -~]*\n)+[!-~][ -~]*$|^[!-~][ -~]*(?:\n {4}[!-~][ -~]*)+$/;

/**
 * An entry as one YAML document, in block style. Its last line is `...`: one that was torn by a power cut
 * lacks it, and cannot be taken for whole. It is made for speed: js-yaml's own
 * `dump` takes ten times as long. Whatever a value holds stays inside it, and the document is ASCII but for
 * printable text.
 */
export function emit(entry: Readonly<Record<string, Plain>>): string {
  return `---\n${block(entry, '')}...\n`;
}

function block(map: Readonly<Record<string, Plain>>, indent: string): string {
  let text = '';
  for (const key of Object.keys(map))
    text += `${indent}${scalar(key)}:${value(map[key] ?? null, indent)}`;
  return text;
}

/** What stands behind a key, with the space or the line break before it, and a newline at its end. */
function value(one: Plain, indent: string): string {
  if (typeof one === 'string') {
    if (one.length > 80 && LINES.test(one)) {
      const inner = `${indent}  `;
      return ` |-\n${inner}${one.replaceAll('\n', `\n${inner}`)}\n`;
    }
    return ` ${scalar(one)}\n`;
  }
  if (typeof one !== 'object' || one === null) return ` ${String(one)}\n`;
  const inner = `${indent}  `;
  if (!isList(one)) return Object.keys(one).length === 0 ? ' {}\n' : `\n${block(one, inner)}`;
  if (one.length === 0) return ' []\n';
  return `\n${one.map((item) => `${inner}-${listed(item, inner)}`).join('')}`;
}

/** An item of a list: the first key of a map stands behind its dash. */
function listed(item: Plain, indent: string): string {
  if (typeof item !== 'object' || item === null || isList(item) || Object.keys(item).length === 0) {
    return value(item, indent);
  }
  return ` ${block(item, `${indent}  `).trimStart()}`;
}

const isList = (one: object): one is readonly Plain[] => Array.isArray(one);

function scalar(text: string): string {
  if (BARE.test(text) && !WORDS.test(text)) return text;
  const quoted = JSON.stringify(text);
  return ASCII.test(quoted) ? quoted : quoted.replaceAll(UNSAFE, escaped);
}

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
