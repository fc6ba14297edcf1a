/** The folders of the state folder that hold records, a JSON file each. A backup takes all of them. */
export const STATE_FOLDERS = ['enrolments', 'invites'] as const;

export type StateFolder = (typeof STATE_FOLDERS)[number];

/** What a record's file is called, without `.json`. */
export const RECORD_KEY = /^[0-9a-f-]{1,64}$/;
