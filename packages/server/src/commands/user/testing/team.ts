import { berthdFolder, type Berthd } from '../../../testing/berthd.ts';

export const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
export const LAPTOP = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';
/** Alice's own file, where she has one. */
export const OWN = `users/${ALICE}.yaml`;

/** `users.yaml` of the test team, as a person writes it. */
export const USERS = `# the team
version: 1
users:
  # founder
  ${ALICE}:
    username: alice   # as in mail
    containers: [lab]
    metadata: {team: vision}
    clients:
      ${LAPTOP}: {name: laptop, token_hash: "sha256:${'a'.repeat(64)}", created: 2026-11-01T10:00:00Z}
...
`;

export const team = (files: Readonly<Record<string, string>> = {}): Promise<Berthd> =>
  berthdFolder({ 'users.yaml': USERS, ...files });
