import { expect, test } from 'vitest';
import { withFigures } from './document.ts';

const page = (figures: string): string =>
  `# Page\n\n<!-- figures: written by \`npm run bench -- --write\` -->\n\n${figures}\n\n<!-- end of figures -->\n\nMore.\n`;

test('figures replace those between the markers, and nothing else', () => {
  expect(withFigures(page('old\n\nolder'), 'new\n')).toBe(page('new'));
});

test('writing the same figures again changes nothing', () => {
  expect(withFigures(page('new'), 'new')).toBe(page('new'));
});

test('a page without markers is refused', () => {
  expect(() => withFigures('# Page\n', 'new')).toThrow('end of figures');
});
