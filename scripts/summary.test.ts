import { describe, expect, test } from 'vitest';
import { countTests, FAILED, PASSED, sum, summaryLine, type TestReport } from './summary.ts';

const REPORT: TestReport = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
};

describe('counting the tests of a report', () => {
  test('counts what passed, failed and was skipped', () => {
    const report = {
      ...REPORT,
      success: false,
      numFailedTests: 2,
      numPendingTests: 1,
      numTodoTests: 4,
      testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }],
    };
    expect(countTests(report)).toEqual({ passed: 3, failed: 2, skipped: 5 });
  });

  test('counts a file that could not be loaded as a failure', () => {
    const report = {
      ...REPORT,
      success: false,
      testResults: [...REPORT.testResults, { status: 'failed', assertionResults: [] }],
    };
    expect(countTests(report)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  test('counts a run as a failure that failed outside its tests', () => {
    expect(countTests({ ...REPORT, success: false })).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });
});

describe('the summary', () => {
  test('adds up checks and tests', () => {
    expect(summaryLine(sum([PASSED, { passed: 40, failed: 2, skipped: 0 }, FAILED]))).toBe(
      '41 passed, 3 failed',
    );
  });

  test('names skipped tests only where there are some', () => {
    expect(summaryLine({ passed: 1, failed: 0, skipped: 2 })).toBe('1 passed, 0 failed, 2 skipped');
  });

  test('is there when nothing ran', () => {
    expect(summaryLine(sum([]))).toBe('0 passed, 0 failed');
  });
});
