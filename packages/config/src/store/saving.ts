import { Problem } from '@berth/contract';

/** Who may not take the lock can neither wait for its holder nor end what one left half-done. */
export const savingProblem = (directory: string): Problem =>
  new Problem(
    'conflict',
    `A change of the configuration is being saved, or was interrupted. Try again as a user who may write to ${directory}.`,
    { details: { saving: true } },
  );

export const isSaving = (error: unknown): boolean =>
  error instanceof Problem && 'saving' in error.details;
