/** How often something is measured, and how often before that it is done without being counted. */
export interface Rounds {
  readonly warmUp: number;
  readonly counted: number;
}

/** What can be measured again and again. */
export interface Subject {
  /** Takes one measurement. */
  readonly measure: () => Promise<number>;
  /** Puts everything back as it was, outside the measurement. */
  readonly reset?: () => Promise<unknown>;
}

/**
 * Measures several subjects in turn (A B A B …), so that whatever else the machine does meanwhile
 * slows all of them alike.
 *
 * @returns the counted samples of each, in the order of the subjects
 */
export async function interleave<const T extends readonly Subject[]>(
  { warmUp, counted }: Rounds,
  subjects: T,
  signal: AbortSignal,
): Promise<{ [K in keyof T]: number[] }> {
  const samples = subjects.map((): number[] => []);
  for (let round = -warmUp; round < counted; round += 1) {
    for (const [index, { measure, reset }] of subjects.entries()) {
      signal.throwIfAborted();
      const sample = await measure();
      if (round >= 0) samples[index]?.push(sample);
      await reset?.();
    }
  }
  return samples as { [K in keyof T]: number[] };
}
