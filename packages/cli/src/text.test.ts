import { expect, test } from 'vitest';
import { fit, printable, render, styled, widthOf } from './text.ts';

test('makes escape sequences for styles only, and only where wanted', () => {
  const line = ['a', styled('red', 'b\u001B[1m'), '\u001Bc'];
  expect(render(line, true)).toBe('a\u001B[31mb[1m\u001B[39mc');
  expect(render(line, false)).toBe('ab[1mc');
  expect(render(styled('bold', 'x'), true)).toBe('\u001B[1mx\u001B[22m');
});

test('strips every control character, and line separators', () => {
  const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter(
    (character) => !/[ -~]/.test(character),
  );
  expect(printable(`a${controls.join('')}\u2028\u2029b`)).toBe('ab');
  expect(printable('Grüße → ✔')).toBe('Grüße → ✔');
});

test('measures and cuts what is seen, not what is sent', () => {
  const line = ['ab', styled('dim', 'cde\u0007'), 'f'];
  expect(widthOf(line)).toBe(6);
  expect(render(fit(line, 4), false)).toBe('abcd');
  expect(render(fit(line, 1), false)).toBe('a');
});
