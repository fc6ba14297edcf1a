import { formatBytes, type LayerProgress } from '@berth/contract';
import { styled, type Text } from './text.ts';

const BAR_WIDTH = 24;
/** Few enough for any terminal; an image may have a hundred layers. */
const MAX_BARS = 6;

/** The layers of a pull: a bar for each one that moves, and how many there are. */
export function layerBars(layers: ReadonlyMap<string, LayerProgress>): readonly Text[] {
  const all = [...layers.values()];
  const done = all.filter(({ status }) => status === 'done').length;
  const moving = all.filter(({ status }) => status === 'downloading' || status === 'extracting');
  if (all.length === 0) return [];
  return [
    ...moving.slice(0, MAX_BARS).map(bar),
    styled('dim', `    ${done} of ${all.length} layers`),
  ];
}

function bar({ layer, status, current = 0, total }: LayerProgress): Text {
  const label = `    ${layer.slice(0, 12).padEnd(12)} ${status.padEnd(11)} `;
  if (total === undefined || total <= 0) return [label, formatBytes(current)];
  const filled = Math.round(Math.min(1, current / total) * BAR_WIDTH);
  return [
    label,
    styled('cyan', '━'.repeat(filled)),
    styled('dim', '─'.repeat(BAR_WIDTH - filled)),
    ` ${formatBytes(current)} of ${formatBytes(total)}`,
  ];
}
