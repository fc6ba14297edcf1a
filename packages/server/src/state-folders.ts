/** The folders of the state folder that hold records, a JSON file each. A backup takes all of them. */
export const STATE_FOLDERS = ['enrolments', 'invites'] as const;

export type StateFolder = (typeof STATE_FOLDERS)[number];

/**
 * One that no backup takes: a restored login would be one that was ended since. Those that stand when a
 * backup is restored go on as far as their passwords are still the same.
 */
export const LOGINS_FOLDER = 'logins';

/** What a record's file is called, without `.json`. */
export const RECORD_KEY = /^[0-9a-f-]{1,64}$/;
