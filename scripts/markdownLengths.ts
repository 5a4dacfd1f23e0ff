/**
 * A rule for markdownlint: paragraphs of at most 80 words, sentences of at most 40. Tables,
 * headings and blocks of code are no paragraphs; code within a sentence counts as one word.
 */
const MOST_PARAGRAPH_WORDS = 80;
const MOST_SENTENCE_WORDS = 40;

/** What is read of a token of markdown-it. */
interface Token {
  readonly type: string;
  readonly content: string;
  /** Counted from 1. */
  readonly lineNumber: number;
  readonly children: readonly Token[] | null;
}

interface Parameters {
  readonly parsers: { readonly markdownit: { readonly tokens: readonly Token[] } };
}

interface Finding {
  readonly lineNumber: number;
  readonly detail: string;
}

export default {
  names: ["lengths"],
  description: `Paragraphs have at most ${MOST_PARAGRAPH_WORDS} words, sentences ${MOST_SENTENCE_WORDS}`,
  tags: ["text"],
  parser: "markdownit",
  function: ({ parsers }: Parameters, onError: (finding: Finding) => void): void => {
    const { tokens } = parsers.markdownit;
    for (const [place, token] of tokens.entries()) {
      if (token.type !== "inline" || tokens[place - 1]?.type !== "paragraph_open") continue;
      for (const finding of findingsIn(token)) onError(finding);
    }
  },
};

function findingsIn(paragraph: Token): readonly Finding[] {
  const text = textOf(paragraph);
  const { lineNumber } = paragraph;
  const words = wordsIn(text);
  const ofParagraph =
    words > MOST_PARAGRAPH_WORDS
      ? [
          {
            lineNumber,
            detail: `paragraph of ${words} words: expected at most ${MOST_PARAGRAPH_WORDS}`,
          },
        ]
      : [];
  const ofSentences = sentencesIn(text)
    .filter((sentence) => wordsIn(sentence) > MOST_SENTENCE_WORDS)
    .map((sentence) => ({
      lineNumber,
      detail: `sentence of ${wordsIn(sentence)} words: expected at most ${MOST_SENTENCE_WORDS}: ${sentence.slice(0, 40)}…`,
    }));
  return [...ofParagraph, ...ofSentences];
}

function textOf({ children }: Token): string {
  const texts = (children ?? []).map(({ type, content }) => {
    if (type === "code_inline") return "code";
    return type === "softbreak" || type === "hardbreak" ? " " : content;
  });
  return texts.join("");
}

function sentencesIn(text: string): readonly string[] {
  const segments = new Intl.Segmenter("en", { granularity: "sentence" }).segment(text);
  return Array.from(segments, ({ segment }) => segment.trim());
}

/** Signs that stand alone, such as a dash, are no words. */
function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
