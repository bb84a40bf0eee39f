// What the reports of the test runners say: Jest writes JSON, pytest writes JUnit XML.

/** A report of Jest. A file that broke before its first test counts as one failure. */
export function countJson(report) {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
    files: report.testResults.map(({ name, startTime, endTime }) => ({ name, took: endTime - startTime })),
  };
}

/** A report of pytest, which has no name of its own. */
export function countXml(text, name) {
  const attributes = /<testsuite ([^>]*)>/.exec(text)?.[1] ?? '';
  const value = (attribute) => new RegExp(`\\b${attribute}="([^"]*)"`).exec(attributes)?.[1] ?? '0';
  const failed = Number(value('failures')) + Number(value('errors'));
  const skipped = Number(value('skipped'));
  const took = 1000 * Number(value('time'));
  return { passed: Number(value('tests')) - failed - skipped, failed, skipped, files: [{ name, took }] };
}

/** The counts of all reports together. */
export function sum(reports) {
  const total = (name) => reports.reduce((count, report) => count + report[name], 0);
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
}
