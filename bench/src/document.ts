const BEGIN = '<!-- figures: written by `npm run bench -- --write` -->';
const END = '<!-- end of figures -->';

/** The text with what stands between its two markers replaced. Throws where it lacks one of them. */
export function withFigures(text: string, figures: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin === -1 || end === -1) throw new Error(`There must be a line ${BEGIN}, then ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${figures.trim()}\n\n${text.slice(end)}`;
}
