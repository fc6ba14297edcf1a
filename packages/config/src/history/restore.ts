import { replaceConfig, type Replaced, type ReplaceOptions } from '../store/replace.ts';
import { contentsAt } from './contents-at.ts';

export interface RestoreOptions extends Omit<ReplaceOptions, 'target'> {
  readonly number: number;
}

/**
 * Puts all files back to exactly how a record left them, as a new change. Throws `not_found` where the
 * history cannot tell how that was, and `config_invalid` where it would not load any more.
 */
export function restoreConfig(options: RestoreOptions): Promise<Replaced> {
  return replaceConfig({
    ...options,
    target: ({ history, recorder }) => contentsAt(history, recorder.all(), options.number),
  });
}
