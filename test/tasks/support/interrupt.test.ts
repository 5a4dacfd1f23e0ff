import { expect } from "chai";
import { interruptible, InterruptedError } from "../../../tasks/support/interrupt.ts";

describe("work that can be interrupted", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`hears of ${signal}, and nobody listens when it is done`, async () => {
      const before = process.listenerCount(signal);
      const heard = await interruptible(async (stopped) => {
        const aborted = new Promise((resolve) => {
          stopped.addEventListener("abort", () => {
            resolve(stopped.reason);
          });
        });
        process.kill(process.pid, signal);
        return aborted;
      });
      expect(heard).to.be.instanceOf(InterruptedError);
      expect(process.listenerCount(signal)).to.equal(before);
    });
  }
});
