export interface Page<Item> {
  readonly items: readonly Item[]
  readonly hasMore: boolean
  /** Where the next page begins; null on an empty page. */
  readonly cursor: string | null
}

/** A list that comes in pages: iterate it for the items, or `pages()` for the pages. */
export interface PagedList<Item> extends AsyncIterable<Item> {
  pages(): AsyncIterable<Page<Item>>
}

export function createPagedList<Item>(fetchPage: (cursor: string | undefined) => Promise<Page<Item>>): PagedList<Item> {
  async function* pages() {
    let cursor: string | undefined
    for (;;) {
      const page = await fetchPage(cursor)
      yield page
      // A server that says "more" without saying where would have us ask for the same page for ever.
      if (!page.hasMore || page.cursor === null || page.cursor === cursor) return
      cursor = page.cursor
    }
  }
  return {
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) yield* page.items
    },
  }
}
