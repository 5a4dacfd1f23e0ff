/** Output files of a run: all of them are computed before the first is written. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "./outcome.ts";

/** Writes `files` (name → content) into `folder`. @throws InputError if the folder cannot be written */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`--out: cannot write to ${folder}: ${reason}`);
  }
}

/** JSON with a line end, as files and pipes want it. */
export function jsonText(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
