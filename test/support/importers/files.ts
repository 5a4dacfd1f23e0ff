/**
 * Files for tests: the shared open data where it is there, and small CSV files in a temporary
 * folder that the test removes again.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Dundee {
  readonly stationsPath: string;
  readonly sessionsPath: string;
}

/** The Dundee files of the shared data beside the project, or null where they are absent. */
export function findDundee(): Dundee | null {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const folder = join(root, "..", "shared", "data", "dundee-ev-charging");
  const stationsPath = join(folder, "cp-locations.csv");
  const sessionsPath = join(folder, "charge-sessions-2018-07.csv");
  return existsSync(stationsPath) && existsSync(sessionsPath)
    ? { stationsPath, sessionsPath }
    : null;
}

/** The taxi trips of Porto in the shared data beside the project, or null where they are absent. */
export function findPorto(): string | null {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const path = join(root, "..", "shared", "data", "porto-taxi-trips", "train.1k.csv");
  return existsSync(path) ? path : null;
}

export interface TemporaryFolder {
  readonly path: string;
  /** Writes a file and returns its path. */
  readonly write: (name: string, content: string | Uint8Array) => string;
  readonly remove: () => void;
}

/** A fresh folder under the system's temporary one. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), "chargeveil-"));
  return {
    path,
    write: (name, content) => {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
