/** Tries a property of the configuration’s code on random input, in a process that can be ended. */
import {
  checkCuts,
  checkEdits,
  checkEveryFault,
  checkEveryHand,
  checkHistory,
  checkLoads,
  checkReloads,
  checkSaves,
  checkSplices,
} from '@berth/config/testing';
import { acknowledge, givenJob, told } from './job.ts';

export interface PropertyJob {
  readonly program: 'property';
  readonly property:
    | 'loads'
    | 'reloads'
    | 'cuts'
    | 'splices'
    | 'pages'
    | 'lives'
    | 'saves'
    | 'faults'
    | 'moments';
  readonly runs: number;
}

const TRY: Readonly<Record<PropertyJob['property'], (runs: number) => string | Promise<string>>> = {
  loads: (runs) => {
    const { files, valid } = checkLoads(runs);
    return `${files} files, ${valid} of them valid`;
  },
  reloads: (runs) => `${runs} rows of changes, ${checkReloads(runs)} valid states`,
  cuts: (runs) => {
    checkCuts(runs);
    return `${runs} files`;
  },
  splices: (runs) => {
    checkSplices(runs);
    return `${runs} changes`;
  },
  pages: async (runs) => `${runs} folders, ${await checkEdits(runs)} edits`,
  lives: async (runs) => {
    await checkHistory(runs);
    return `${runs} folders`;
  },
  saves: async (runs) => `${runs} folders, ${await checkSaves(runs)} saves from older versions`,
  faults: async () => `${await checkEveryFault()} operations`,
  moments: async () => `${await checkEveryHand()} moments`,
};

const { property, runs } = givenJob() as PropertyJob;
await told();
acknowledge(await TRY[property](runs));
