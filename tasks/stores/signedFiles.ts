/** What is signed as a file, from who signs to who acts on it. */
import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { replaceFile, SECRET_FILE } from "../../offchain/services/files.ts";
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
  /** Whether nobody else reads it where it is written; nothing in the others is secret. */
  readonly isPrivate?: boolean;
}

const PUBLIC_FILE = 0o644;

export function signedFiles<Signed extends object>(
  form: z.ZodType<Signed>,
  { option, what, remedy, isPrivate = false }: SignedFileWords,
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
    write: (file, signed) => written(file, jsonText(signed), isPrivate ? SECRET_FILE : PUBLIC_FILE),
    readIfThere,
    read: async (file) => {
      const signed = await readIfThere(file);
      if (signed !== null) return signed;
      throw new InputError(`${option}: there is no file ${file}: ${remedy}`);
    },
  };
}

async function written(file: string, text: string, mode: number): Promise<void> {
  try {
    await replaceFile(file, text, mode);
  } catch (error) {
    throw new InputError(`cannot write ${file}: ${reasonOf(error)}`);
  }
}

/** Null for no file. */
async function textOf(option: string, file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return null;
    throw new InputError(`${option}: cannot read ${file}: ${reasonOf(error)}`);
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
