/** What the system answers when a file cannot be read or written, in words of people. */

/** An error of the system about a file or a folder. */
export interface SystemError extends Error {
  readonly code: string;
  readonly path: string;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EEXIST: "a file or a link is in the way",
  EISDIR: "it is a folder",
  ELOOP: "links lead round in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the path is too long",
  ENOENT: "nothing can be created there",
  ENOSPC: "no space is left",
  ENOTDIR: "a file is in the way",
  EPERM: "no permission",
  EROFS: "it can only be read",
};

/** Whether an error is the system's, about a path. */
export function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error) || !("code" in error) || !("path" in error)) return false;
  return typeof error.code === "string" && typeof error.path === "string" && "syscall" in error;
}

/** In a few words. */
export function systemReason({ code, message }: SystemError): string {
  return Object.hasOwn(REASONS, code) ? (REASONS[code] ?? message) : message;
}
