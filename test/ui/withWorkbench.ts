// One workbench for the tests of a `describe`, with a picture of every failure.

import { Workbench, type WorkbenchOptions } from './workbench';

/** Starts a workbench before the tests around this call and stops it after them. Gives a function that gives it. */
export function withWorkbench(options?: WorkbenchOptions): () => Workbench {
  let workbench: Workbench | undefined;
  const current = () => {
    if (!workbench) throw new Error('the workbench did not start');
    return workbench;
  };
  before(async () => {
    workbench = await Workbench.start(options);
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed' || !workbench) return;
    const picture = await workbench.screenshot(`failed ${this.currentTest.fullTitle()}`);
    console.error(`What was shown: ${picture}\nWhat the server said last:\n${workbench.readServerLog().slice(-2000)}`);
  });
  after(() => workbench?.stop());
  return current;
}
