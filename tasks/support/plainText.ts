/**
 * The text with nothing in it that a terminal would act on but the ends of its lines: what others
 * have written must not hide what a command says.
 */
export function plain(text: string): string {
  return text.replaceAll(/(?!\n)\p{C}/gu, "\ufffd");
}

/** The same in one line: what others have named must not pass for a line of a command. */
export function plainLine(text: string): string {
  return plain(text).replaceAll("\n", "\ufffd");
}
