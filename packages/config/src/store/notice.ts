import type { Problem } from '@berth/contract';
import type { Config } from './config.ts';

/** What a store has to tell without being asked. */
export type Notice =
  /** Another configuration is current. */
  | { readonly kind: 'loaded'; readonly config: Config }
  /** The files have become invalid; the last valid configuration stays. */
  | { readonly kind: 'invalid'; readonly problem: Problem }
  /** The disk failed, or a file may not be read: what the files say is not known. */
  | { readonly kind: 'unreadable'; readonly error: unknown }
  /** What was changed is current, but the history could not be written. It is tried again. */
  | { readonly kind: 'unrecorded'; readonly error: unknown }
  /** What hands change in these folders is not seen by itself. */
  | { readonly kind: 'unwatched'; readonly folders: readonly string[]; readonly error: unknown }
  /**
   * Somebody saved a file that was opened before others changed it. These parts were kept as the others
   * had made them; in `conflicts` the hand had changed something too.
   */
  | {
      readonly kind: 'merged';
      readonly file: string;
      readonly kept: readonly string[];
      readonly conflicts: readonly string[];
    }
  /** A text that could not be taken up, or gave way to another, was put aside. */
  | { readonly kind: 'rejected'; readonly file: string; readonly path: string };
