import { expect, test } from 'vitest';
import { hideSecrets } from './history/hide-secrets.ts';
import { formatIssue, issueAt } from './issue.ts';

/** As long as it says, and as random as tokens are. */
const RANDOM = '16C7e42F292c6912E7710c838347Ae178B4aZq9Xw3Tn5Rk8Lm2Pv7';
const random = (length: number): string => RANDOM.slice(0, length);
const DIGEST = `sha256:${'5e884898da28047151d0e56f8dc62927'.repeat(2)}`;

/** How an error in the line is told. */
const told = (line: string): string => formatIssue(issueAt('x.yaml', line, 0, 'is wrong'));

// In two parts each, so that nobody takes them for tokens that are in use.
test.each([
  ['a client of ours', 'Xk3_dfk-29dkJdkf92kf', 'Jdk20dkfjK20dkf93kdjfkK'],
  ['a password of ours', 'kJ7pQw3nRt', '9xZb4mVc6s'],
  ['GitHub', 'ghp_', random(36)],
  ['GitHub, of the newer form', 'github_pat_', `${random(22)}_${random(50)}`],
  ['GitLab', 'glpat-', random(20)],
  ['GitLab, with hyphens', 'glpat-', 'aB3-xyz9-Qr_7t-uv2-W'],
  ['AWS, its name', 'AKIA', 'IOSFODNNSEXAMPLE'],
  ['AWS', 'wJalrXUtnFEMI/K7MDENG/', 'bPxRfiCYEXAMPLEKEY'],
  ['Slack', 'xoxb-', `2412340987-2612340987-${random(24)}`],
  ['a JWT', 'eyJ', `hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${random(43)}`],
  ['Stripe', 'sk_live_', random(24)],
  ['npm', 'npm_', random(36)],
  ['hex digits', '5e884898da28047151d0', 'e56f8dc62927'],
])('a token of %s is told neither by check nor by the history', (_, beginning, rest) => {
  const token = beginning + rest;
  for (const line of [`  NOTE: ${token}`, `  - ${token}`, `env: {NOTE: "${token}", A: b}`]) {
    expect(told(line)).toContain('*'.repeat(token.length));
    expect(hideSecrets('', `${line}\n`)).toEqual([line.replace(token, '(hidden)')]);
  }
});

test.each([
  'image: registry.example/python-lab:2026.11',
  `image: registry.example:5000/lab@${DIGEST}`,
  `image: "lab:2026.11@${DIGEST}"`,
  `image: ${DIGEST}`,
  'h5py-lab: {image: pytorch/pytorch-cuda12.4:nightly-py311}',
  'created: 2026-11-23T10:00:00Z',
  'volume: berth-home-6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162',
  'see: users/6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162.yaml',
  "description: JupyterLab with the team's packages, like OpenTelemetryCollector",
  'mail: alice@lab.example',
  'NVIDIA_VISIBLE_DEVICES: all',
  'command: [jupyter, lab, --ip=0.0.0.0, --notebook-dir=/home/jovyan/notebooks]',
  'name: a-template-whose-name-has-as-many-letters-x',
])('check and the history show %s', (line) => {
  expect(told(line)).toContain(`  1 | ${line}\n`);
  expect(hideSecrets('', `${line}\n`)).toEqual([line]);
});

test.each(['username: mueller2024', 'image: lab:20261123', 'note: iPhone15ProMax'])(
  'the history, which is not broken, also shows what could be a piece of a token: %s',
  (line) => {
    expect(hideSecrets('', `${line}\n`)).toEqual([line]);
  },
);

test.each([`token_hash: @${DIGEST}`, `note: ${DIGEST}`, `env: {IMAGE: ${DIGEST}}`])(
  'a digest that is of no image is hidden: %s',
  (line) => {
    expect(hideSecrets('', `${line}\n`).join('')).not.toContain('5e88');
  },
);
