/** Files that people hand to each other, as JSON of one form. */
import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { replaceFile } from "../../offchain/services/files.ts";
import { jsonText } from "./jsonText.ts";
import { InputError } from "./outcome.ts";

const ANYBODY = 0o644;
const OWNER = 0o600;

/** @throws InputError if the file that `--option` names cannot be written */
export async function writeJsonFile(option: string, file: string, value: unknown): Promise<void> {
  await written(option, file, value, ANYBODY);
}

/** The same, readable by its owner alone. */
export async function writeOwnJsonFile(
  option: string,
  file: string,
  value: unknown,
): Promise<void> {
  await written(option, file, value, OWNER);
}

/**
 * What a file holds that `--option` names.
 * @param expected what it should hold, and how one is made
 * @throws InputError for a file that is not there or holds something else
 */
export async function readJsonFile<T>(
  option: string,
  file: string,
  form: z.ZodType<T>,
  expected: string,
): Promise<T> {
  const parsed = form.safeParse(fromJson(await textOf(option, file)));
  if (parsed.success) return parsed.data;
  throw new InputError(`--${option}: ${file} holds no ${expected}`);
}

async function written(option: string, file: string, value: unknown, mode: number) {
  try {
    await replaceFile(file, jsonText(value), mode);
  } catch (error) {
    throw new InputError(`--${option}: cannot write ${file}: ${reasonOf(error)}`);
  }
}

async function textOf(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new InputError(`--${option}: cannot read ${file}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is no JSON is undefined, which no form accepts. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
