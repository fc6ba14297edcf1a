import type { LayerProgress } from '@berth/contract';

/** A line of the engine’s answer to a pull. */
export interface PullLine {
  readonly status?: string;
  /** The layer, where it is about one. */
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

const STATUS: Readonly<Record<string, LayerProgress['status']>> = {
  'Pulling fs layer': 'waiting',
  Waiting: 'waiting',
  Downloading: 'downloading',
  'Verifying Checksum': 'downloading',
  'Download complete': 'downloading',
  Extracting: 'extracting',
  'Pull complete': 'done',
  'Already exists': 'done',
};
/** From then on nothing is missing, though these lines carry no numbers. */
const COMPLETE = new Set(['Verifying Checksum', 'Download complete', 'Pull complete']);

/** Turns the engine’s lines into progress of layers; undefined where a line says nothing new. */
export function createLayers(): (line: PullLine) => LayerProgress | undefined {
  const layers = new Map<string, LayerProgress>();
  return ({ status: text = '', id, progressDetail }) => {
    const status = text.startsWith('Retrying in') ? 'waiting' : STATUS[text];
    if (id === undefined || status === undefined) return undefined;

    const before = layers.get(id);
    const total = positive(progressDetail?.total) ?? before?.total;
    const current = COMPLETE.has(text) ? total : positive(progressDetail?.current);
    const now: LayerProgress = {
      layer: id,
      status,
      ...(current === undefined ? {} : { current }),
      ...(total === undefined ? {} : { total }),
    };
    layers.set(id, now);
    return before?.status === status && before.current === current && before.total === total
      ? undefined
      : now;
  };
}

/** The engine says 0, or −1, where the registry has not told it a size. */
function positive(bytes: number | undefined): number | undefined {
  return bytes !== undefined && bytes > 0 ? bytes : undefined;
}
