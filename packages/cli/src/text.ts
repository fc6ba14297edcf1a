export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export interface Styled {
  readonly text: string;
  readonly style: Style;
}

/**
 * What is printed: text, with its style beside it instead of in it. So escape sequences are only
 * ever made by `render`, and those in a name from elsewhere are stripped like every control character.
 */
export type Text = string | Styled | readonly (string | Styled)[];

const SGR: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

export function styled(style: Style, text: string): Styled {
  return { text, style };
}

/** The text without control characters; a terminal would obey some of them. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it strips
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g, '');
}

/** One line for a stream, with escape sequences only where `isRich`. */
export function render(text: Text, isRich: boolean): string {
  return partsOf(text)
    .map((part) => {
      if (typeof part === 'string') return printable(part);
      if (!isRich) return printable(part.text);
      const [on, off] = SGR[part.style];
      return `\u001B[${on}m${printable(part.text)}\u001B[${off}m`;
    })
    .join('');
}

/** Characters that the text takes on a line. */
export function widthOf(text: Text): number {
  return [...render(text, false)].length;
}

/** The text cut to a width, so that a terminal does not wrap it. */
export function fit(text: Text, width: number): Text {
  let left = width;
  return partsOf(text).map((part) => {
    const characters = [...printable(typeof part === 'string' ? part : part.text)];
    const cut = characters.slice(0, Math.max(0, left)).join('');
    left -= characters.length;
    return typeof part === 'string' ? cut : { text: cut, style: part.style };
  });
}

function partsOf(text: Text): readonly (string | Styled)[] {
  return typeof text === 'string' || 'style' in text ? [text] : text;
}
