import type { HandCollection, Hand, HandItem, HandLine } from './hand.ts';

/** Keys and indices from the root. */
export type HandPath = readonly (string | number)[];

export interface Remark {
  /** Unique in its text. */
  readonly text: string;
  /**
   * `around`: a line above an item or behind the last; `of`: a line that goes with an item;
   * `behind`: the rest of an item's line.
   */
  readonly kind: 'around' | 'of' | 'behind';
  /** Of the item; `around`: of the collection. */
  readonly path: HandPath;
  /** In a collection that is replaced as a whole when none of its items stays. */
  readonly needsItem: boolean;
}

export interface Page {
  readonly text: string;
  /** The line end that the last line should have and does not. */
  readonly missingEnd: string;
  readonly remarks: readonly Remark[];
  /** First line, and line behind the last, of the entries of mappings in lines, by path as JSON. */
  readonly spans: ReadonlyMap<string, readonly [number, number]>;
}

export interface Setting {
  /** Of the root. */
  readonly column: number;
  readonly before: string;
  readonly after: string;
  readonly lineEnd: '\n' | '\r\n';
  readonly hasLastLineEnd: boolean;
}

/** Writes a mapping in lines, with all its remarks. */
export function writePage(root: HandCollection, setting: Setting): Page {
  const remarks: Remark[] = [];
  const spans = new Map<string, readonly [number, number]>();
  let text = setting.before;
  const line = (): number => text.split('\n').length - 1;
  const column = (): number => text.length - (text.lastIndexOf('\n') + 1);

  /** The line behind an entry's last: comments go with it as far as they are deeper than its key. */
  const endOf = (margin: number): number => {
    const lines = text.split('\n');
    const last = lines.findLastIndex((each) => !/^ *(?:#|$)/.test(each));
    const isOthers = (each: string): boolean => each !== '' && each.search(/\S/) <= margin;
    const next = lines.findIndex((each, at) => at > last && isOthers(each));
    const own = next === -1 ? lines : lines.slice(0, next);
    return own.findLastIndex((each) => each !== '') + 1;
  };

  const remark = (content: string, rest: Omit<Remark, 'text'>): string => {
    const unique = `# remark ${remarks.length};${content}`;
    remarks.push({ text: unique, ...rest });
    return unique;
  };
  const writeAround = (
    lines: readonly HandLine[],
    margin: number,
    path: HandPath,
    needsItem: boolean,
  ): void => {
    for (const each of lines) {
      if (each !== 'blank') {
        text += ' '.repeat(Math.max(0, margin - each.left));
        text += remark(each.comment, { kind: 'around', path, needsItem });
      }
      text += '\n';
    }
  };
  const endLine = ({ comment }: HandItem, path: HandPath): void => {
    if (comment !== undefined) {
      text += ` ${remark(comment, { kind: 'behind', path, needsItem: false })}`;
    }
    text += '\n';
  };

  const writeLines = (hand: HandCollection, margin: number, path: HandPath): void => {
    const isBehindDash = column() > 0;
    for (const [index, item] of hand.items.entries()) {
      const itemPath = [...path, hand.kind === 'mapping' ? item.name : index];
      if (index > 0 || !isBehindDash) {
        writeAround(item.above, margin, path, isBehindDash);
        text += ' '.repeat(margin);
      }
      const start = line();
      if (hand.kind === 'sequence') text += '-';
      else if (item.odd) text += `? ${item.key}\n${' '.repeat(margin)}:`;
      else text += `${item.key}:`;
      writeItem(hand, item, margin, itemPath);
      if (hand.kind === 'mapping') spans.set(JSON.stringify(itemPath), [start, endOf(margin)]);
    }
    writeAround(hand.tail, margin, path, isBehindDash);
  };

  const writeItem = (
    parent: HandCollection,
    item: HandItem,
    margin: number,
    path: HandPath,
  ): void => {
    const { value } = item;
    const inner = ' '.repeat(margin + 2);
    if (value.kind === 'scalar' && value.block !== undefined) {
      const [first = '', ...others] = value.block.lines;
      if (value.block.header === '') text += `${item.gap}${first}\n${inner}${others.join('')}`;
      else text += item.gap + value.block.header;
      endLine(item, path);
      if (value.block.header === '') return;
      for (const each of value.block.lines) text += each === '' ? '\n' : `${inner}${each}\n`;
      return;
    }
    if (value.kind !== 'scalar' && !isInBrackets(value)) {
      const isBehindDash = parent.kind === 'sequence' && value.compact;
      const isFlush = value.indent === 0 && parent.kind === 'mapping' && value.kind === 'sequence';
      if (isBehindDash) text += item.gap;
      else endLine(item, path);
      const step = isFlush ? 0 : Math.max(value.indent, 1);
      writeLines(value, isBehindDash ? column() : margin + step, path);
      return;
    }
    if (value.kind === 'scalar') {
      const isBelow = value.below && parent.kind === 'mapping' && value.text !== '';
      text += isBelow ? `\n${inner}${value.text}` : item.gap + value.text;
    } else if (value.form === 'open' && value.items.length > 0) {
      text += item.gap;
      writeBrackets(value, margin + 2, path);
    } else text += item.gap + inOneLine(value, true);
    endLine(item, path);
    for (const content of item.below) {
      const own = remark(content, { kind: 'of', path, needsItem: false });
      text += `${' '.repeat(margin + 1)}${own}\n`;
    }
  };

  const writeBrackets = (hand: HandCollection, margin: number, path: HandPath): void => {
    text += hand.kind === 'mapping' ? '{\n' : '[\n';
    let isNewLine = true;
    for (const [index, item] of hand.items.entries()) {
      const itemPath = [...path, hand.kind === 'mapping' ? item.name : index];
      const isLast = index === hand.items.length - 1;
      if (isNewLine) {
        writeAround(item.above, margin, path, true);
        text += ' '.repeat(margin);
      } else text += ' ';
      // Pairs without braces are written anew, which would cost comments here.
      text += hand.kind === 'mapping' ? entryInBrackets(item, false) : itemInBrackets(item, false);
      if (!isLast || hand.lastComma) text += ',';
      isNewLine = isLast || item.comment !== undefined || item.gap === ' ';
      if (isNewLine) endLine(item, itemPath);
    }
    writeAround(hand.tail, margin, path, true);
    text += ' '.repeat(margin) + (hand.kind === 'mapping' ? '}' : ']');
  };

  writeLines(root, setting.column, []);
  text += setting.after;
  if (!setting.hasLastLineEnd) text = text.replace(/\n$/, '');
  const missingEnd = text.endsWith('\n') ? '' : setting.lineEnd;
  return { text: text.replaceAll('\n', setting.lineEnd), missingEnd, remarks, spans };
}

function isInBrackets({ form, items }: HandCollection): boolean {
  return form !== 'block' || items.length === 0;
}

function inOneLine(hand: Hand, mayHavePairs: boolean): string {
  if (hand.kind === 'scalar') return hand.text === '' ? 'null' : hand.text;
  const isMapping = hand.kind === 'mapping';
  const items = hand.items
    .map((item) =>
      isMapping ? entryInBrackets(item, mayHavePairs) : itemInBrackets(item, mayHavePairs),
    )
    .join(', ');
  const inner = hand.padding + items + (hand.lastComma && items !== '' ? ',' : '') + hand.padding;
  return isMapping ? `{${inner}}` : `[${inner}]`;
}

function entryInBrackets({ key, gap, value, odd }: HandItem, mayHavePairs: boolean): string {
  const isEmpty = value.kind === 'scalar' && value.text === '';
  if (isEmpty) return odd ? key : `${key}:${gap}`;
  return `${key}:${gap}${inOneLine(value, mayHavePairs)}`;
}

function itemInBrackets({ value, odd }: HandItem, mayHavePairs: boolean): string {
  const [only, ...others] = value.kind === 'mapping' ? value.items : [];
  const isPair = mayHavePairs && odd && only !== undefined && others.length === 0;
  return isPair ? entryInBrackets({ ...only, odd: false }, true) : inOneLine(value, mayHavePairs);
}
