/** What contains all words that were typed, the beginnings first. */
export function matching<T>(items: readonly T[], typed: string, textOf: (item: T) => string): T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...items];
  return items
    .map((item) => ({ item, text: textOf(item).toLowerCase() }))
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .sort((left, right) => Number(right.text.startsWith(words[0] ?? "")) - Number(left.text.startsWith(words[0] ?? "")))
    .map(({ item }) => item);
}
