/** Signed calls as files, from who signs to who relays. Nothing in them is secret. */
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { relayableCallForm, type RelayableCall } from "../../offchain/chain/signedCalls.ts";
import { writeFiles } from "../support/files.ts";
import { jsonText } from "../support/jsonText.ts";
import { InputError } from "../support/outcome.ts";

/** @throws InputError if the file cannot be written */
export async function writeCall(file: string, call: RelayableCall): Promise<void> {
  await writeFiles(dirname(file), { [basename(file)]: jsonText(call) });
}

/** @throws InputError for a file that is not there or holds no signed call */
export async function readCall(file: string): Promise<RelayableCall> {
  const parsed = relayableCallForm.safeParse(fromJson(await textOf(file)));
  if (parsed.success) return parsed.data;
  throw new InputError(
    `--call: ${file} holds no signed call: make one with \`session start --sign\``,
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`--call: cannot read ${file}: ${reason}`);
  }
}

/** What is no JSON is undefined, which no form accepts. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
