const BYTE_ORDER_MARK = '\uFEFF';

/** Where the line that holds the offset starts. */
export function lineStart(text: string, offset: number): number {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith(BYTE_ORDER_MARK) ? 1 : start;
}

/** Where the next line starts. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

/** The end of a line without the line break that may stand in front of it. */
export function withoutBreak(text: string, end: number): number {
  if (text[end - 1] !== '\n') return end;
  return text[end - 2] === '\r' ? end - 2 : end - 1;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

export function startsItsLine(text: string, offset: number): boolean {
  return isBlank(text, lineStart(text, offset), offset);
}

export function isBlank(text: string, from: number, to: number): boolean {
  return text.slice(from, to).trim() === '';
}

/**
 * The end of the lines that belong to what ends at the offset: its last line, and comments below it
 * that are indented deeper than `indent`. Blank lines and other comments belong to what follows.
 */
export function endWithComments(text: string, offset: number, indent: number): number {
  let end = lineEnd(text, offset);
  for (let line = end; line < text.length;) {
    const next = lineEnd(text, line);
    const column = text.slice(line, next).search(/\S/);
    const isComment = column !== -1 && text[line + column] === '#';
    if (column !== -1 && !(isComment && column > indent)) break;
    if (isComment) end = next;
    line = next;
  }
  return end;
}

/** Where the next thing stands that is neither blank nor a comment. */
export function skipComments(text: string, offset: number): number {
  const blanks = /(?:\s+|#[^\r\n]*)*/y;
  blanks.lastIndex = offset;
  return offset + (blanks.exec(text)?.[0].length ?? 0);
}
