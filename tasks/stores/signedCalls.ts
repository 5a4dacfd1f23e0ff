/** Signed calls as files, from who signs to who relays. Nothing in them is secret. */
import { relayableCallForm, type RelayableCall } from "../../offchain/chain/signedCalls.ts";
import { writeJsonFile, readJsonFile } from "../support/jsonFile.ts";

/** @throws InputError if the file cannot be written */
export async function writeCall(file: string, call: RelayableCall): Promise<void> {
  await writeJsonFile("sign", file, call);
}

/** @throws InputError for a file that is not there or holds no signed call */
export async function readCall(file: string): Promise<RelayableCall> {
  const expected = "signed call: make one with `session start --sign`";
  return readJsonFile("call", file, relayableCallForm, expected);
}
