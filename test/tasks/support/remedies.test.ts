/** What the command line says about errors of steps: what to type, or another sentence. */
import { expect } from "chai";
import { StepError } from "../../../offchain/market/stepError.ts";
import { withRemedies, type Remedies } from "../../../tasks/support/remedies.ts";

describe("a remedy", () => {
  const remedies: Remedies = {
    E_TYPED: "type this",
    E_TOLD: ({ message }) => Promise.resolve(`${message}, told otherwise`),
    E_LEFT: () => null,
  };
  const told = (error: Error): Promise<unknown> =>
    withRemedies(remedies, Promise.reject(error)).catch((caught: unknown) => caught);

  it("is added to the sentence of an error, or is the sentence", async () => {
    const typed = await told(new StepError("E_TYPED", "it was refused"));
    expect(String(typed)).to.equal("InputError: it was refused; type this");
    const other = await told(new StepError("E_TOLD", "it was refused"));
    expect(String(other)).to.equal("InputError: it was refused, told otherwise");
  });

  it("leaves errors alone that it does not know, and those of nobody's code", async () => {
    const errors = [
      new StepError("E_LEFT", "left"),
      new StepError("E_OTHER", "other"),
      new Error("a bug"),
    ];
    for (const error of errors) expect(await told(error)).to.equal(error);
  });
});
