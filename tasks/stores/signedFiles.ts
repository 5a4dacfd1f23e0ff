/** What is signed as a file, from who signs to who relays. Nothing in it is secret. */
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { z } from "zod";
import { writeFiles } from "../support/files.ts";
import { jsonText } from "../support/jsonText.ts";
import { InputError } from "../support/outcome.ts";

/** Files of one kind. */
export interface SignedFiles<Signed> {
  /** @throws InputError if the file cannot be written */
  readonly write: (file: string, signed: Signed) => Promise<void>;
  /** @throws InputError for a file that is not there or holds something else */
  readonly read: (file: string) => Promise<Signed>;
  /** The same, or null for a file that is not there. @throws InputError */
  readonly readIfThere: (file: string) => Promise<Signed | null>;
}

/** How a kind is called where a file is not of it. */
export interface SignedFileWords {
  /** The option that names the file. */
  readonly option: string;
  /** What the file should hold, and how it is made. */
  readonly what: string;
  readonly remedy: string;
}

export function signedFiles<Signed extends object>(
  form: z.ZodType<Signed>,
  { option, what, remedy }: SignedFileWords,
): SignedFiles<Signed> {
  const parsed = (file: string, text: string): Signed => {
    const result = form.safeParse(fromJson(text));
    if (result.success) return result.data;
    throw new InputError(`${option}: ${file} holds no ${what}: ${remedy}`);
  };
  const readIfThere = async (file: string): Promise<Signed | null> => {
    const text = await textOf(option, file);
    return text === null ? null : parsed(file, text);
  };
  return {
    write: (file, signed) => writeFiles(dirname(file), { [basename(file)]: jsonText(signed) }),
    readIfThere,
    read: async (file) => {
      const signed = await readIfThere(file);
      if (signed !== null) return signed;
      throw new InputError(`${option}: there is no file ${file}: ${remedy}`);
    },
  };
}

/** Null for no file. */
async function textOf(option: string, file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${option}: cannot read ${file}: ${reason}`);
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
