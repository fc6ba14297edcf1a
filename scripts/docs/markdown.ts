/** A link in a page, or an image. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A fenced block: what stands behind its fence, and its text. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

const BLOCK = /^( *)```(\w*)[^\n]*\n(.*?)^\1```$/gms;

export function blocksOf(page: string): Block[] {
  return [...page.matchAll(BLOCK)].map((match) => {
    const [, indent = '', language = '', text = ''] = match;
    return {
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: lineAt(page, match.index),
    };
  });
}

/** Links to files and headings of this repository: those with a scheme lead elsewhere. */
export function linksOf(page: string): Link[] {
  const prose = withoutCode(page);
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)]
    .map((match) => ({ target: match[1] ?? '', line: lineAt(prose, match.index) }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

/** What links may name behind a `#`, made of the headings as GitHub does. */
export function anchorsOf(page: string): Set<string> {
  const headings = withoutBlocks(page).matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    ),
  );
}

function withoutBlocks(page: string): string {
  return page.replaceAll(BLOCK, (block) => block.replaceAll(/[^\n]/g, ' '));
}

function withoutCode(page: string): string {
  return withoutBlocks(page).replaceAll(/`[^`]*`/g, (code) => code.replaceAll(/[^\n]/g, ' '));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
