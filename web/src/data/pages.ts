/** Lists of pages, as TanStack Query keeps them. */
import type { InfiniteData } from "@tanstack/react-query";

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type Pages<P> = InfiniteData<P, unknown>;

export function itemsOf<T, P extends Page<T> = Page<T>>(data: Pages<P> | undefined): T[] {
  return data?.pages.flatMap((page) => page.items) ?? [];
}

/** The same pages with other items; what is new comes into the first page, what follows keeps its length. */
export function withItems<T, P extends Page<T>>(data: Pages<P>, change: (items: readonly T[]) => T[]): Pages<P> {
  const before = itemsOf<T, P>(data);
  const after = change(before);
  if (after.length === before.length && after.every((item, index) => item === before[index])) return data;
  const added = after.length - before.length;
  let start = 0;
  const pages = data.pages.map((page, index) => {
    const last = index === data.pages.length - 1;
    const size = index === 0 ? Math.max(0, page.items.length + added) : page.items.length;
    const items = last ? after.slice(start) : after.slice(start, start + size);
    start += items.length;
    return { ...page, items };
  });
  return { ...data, pages };
}

export function nextPage(page: { next_cursor: string | null }): string | undefined {
  return page.next_cursor ?? undefined;
}
