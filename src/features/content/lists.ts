import { failure } from "../../kernel/errors/catalogue.ts";
import type { RepositoryName } from "../../oci/name.ts";
import type { ContentContext } from "./context.ts";

export interface NamesPage {
  readonly names: readonly string[];
  /** The name after which the next page begins, if there is one. */
  readonly next: string | undefined;
}

function cut(names: string[], limit: number): NamesPage {
  if (names.length <= limit) return { names, next: undefined };
  const page = names.slice(0, limit);
  return { names: page, next: page.at(-1) };
}

/** Tag lists and the catalogue: keyset pages over an index, whose cost no row outside them adds to. */
export function listService({ reads }: ContentContext) {
  return {
    /** Tags in byte order after `after`. Throws `repository.unknown`. */
    async tags(repository: RepositoryName, after: string, limit: number): Promise<NamesPage> {
      const found = await reads.repositories.find(repository);
      if (found === undefined) throw failure("repository.unknown", { name: repository });
      if (limit === 0) return { names: [], next: undefined };
      return cut(await reads.tags.page(found.id, after, limit + 1), limit);
    },

    /** Repositories that `visible` lets through, in byte order after `after`. */
    async repositories(
      after: string,
      limit: number,
      visible: (name: string) => boolean | Promise<boolean>,
    ): Promise<NamesPage> {
      if (limit === 0) return { names: [], next: undefined };
      const names: string[] = [];
      let from = after;
      for (;;) {
        const batch = await reads.repositories.page(from, limit + 1);
        for (const name of batch) {
          if (await visible(name)) names.push(name);
          if (names.length > limit) return cut(names, limit);
        }
        const last = batch.at(-1);
        if (batch.length <= limit || last === undefined) return { names, next: undefined };
        from = last;
      }
    },
  };
}

export type ListService = ReturnType<typeof listService>;
