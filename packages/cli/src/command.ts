import type { Session } from './session.ts';

/** What the user gave a command. */
export interface Input {
  readonly arguments: readonly string[];
  /** Whether a switch was given, by its long name. */
  flag(name: string): boolean;
  /** The value of an option, by its long name. */
  value(name: string): string | undefined;
}

/** One command of `berth`. Flags are written as Commander takes them: `--name <name>`, `<template>`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  readonly arguments: readonly { readonly flags: string; readonly about: string }[];
  readonly options: readonly { readonly flags: string; readonly about: string }[];
  readonly examples: readonly { readonly command: string; readonly does: string }[];
  /** Does it. Throws a Problem where it fails. */
  run(session: Session, input: Input): Promise<void>;
}
