import type { LayerProgress, StartEvent } from '@berth/contract';
import { duration } from './age.ts';
import { layerBars } from './layer-bars.ts';
import type { Output } from './output.ts';
import { styled, type Text } from './text.ts';

/** Redrawing more often than this only makes a terminal flicker. */
const REDRAW_MS = 60;

interface Stage {
  readonly doing: string;
  readonly done: string;
  readonly since: number;
}

/** Shows how a start goes: rewritten in place on a terminal, a line for each stage elsewhere. */
export interface StartProgress {
  show(event: StartEvent): void;
  /** Ends the stage under way as failed. */
  fail(): void;
}

export function createStartProgress(output: Output, elapsed: () => number): StartProgress {
  const layers = new Map<string, LayerProgress>();
  let stage: Stage | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;

  const draw = (): void => {
    if (stage === undefined) return;
    drawnAt = elapsed();
    const time = styled('dim', ` [${duration(drawnAt - stage.since)}]`);
    output.live?.show([[styled('cyan', '…'), ` ${stage.doing}`, time], ...layerBars(layers)]);
  };

  const end = (mark: Text, text: (ended: Stage) => string): void => {
    output.live?.show([]);
    layers.clear();
    if (stage === undefined) return;
    const time = styled('dim', ` [${duration(elapsed() - stage.since)}]`);
    output.tell([mark, ' ', text(stage), time].flat());
    stage = undefined;
  };

  const begin = (doing: string, done: string): void => {
    succeed();
    stage = { doing, done, since: elapsed() };
    if (output.live === undefined) output.tell(`… ${doing}`);
    else draw();
  };
  const succeed = (): void => end(styled('green', '✔'), ({ done }) => done);

  return {
    show: (event) => {
      switch (event.event) {
        case 'pulling':
          return begin(`Pulling ${event.image}`, `Pulled ${event.image}`);
        case 'layer':
          layers.set(event.layer, event);
          if (elapsed() - drawnAt >= REDRAW_MS) draw();
          return undefined;
        case 'creating':
          return begin('Creating the container', 'Created the container');
        case 'starting':
          return begin('Starting it', 'Started it');
        case 'done':
          return succeed();
        case 'failed':
          return undefined;
        default:
          return event satisfies never;
      }
    },
    fail: () => end(styled('red', '✖'), ({ doing }) => doing),
  };
}
