/** Assertions on errors by class and code, never by text. */
import { expect } from "chai";

type ErrorClass = abstract new (...args: never[]) => Error & { readonly code: string };

/** Runs `act`, expects it to throw an instance of `type` with the code, and returns the error. */
export function expectError(act: () => unknown, type: ErrorClass, code: string): Error {
  const error = caught(act);
  expect(error).to.be.instanceOf(type);
  expect(error).to.have.property("code", code);
  return error as Error;
}

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error, got none");
}
