import type { Database } from "../../src/platform/database/port.ts";

/** All that is stored, for reckoning by hand. */
export class Ledger {
  readonly sizes = new Map<string, number>();
  readonly links: { repository: string; digest: string }[] = [];
  readonly manifests: {
    repository: string;
    digest: string;
    size: number;
    subject: string | null;
    live: boolean;
  }[] = [];
  readonly named: { repository: string; manifest: string; digest: string }[] = [];
  readonly children: { repository: string; manifest: string; child: string }[] = [];
  /** Id of a repository's project. */
  readonly projects = new Map<string, string>();

  static async read({ read }: Database): Promise<Ledger> {
    const all = new Ledger();
    for (const { digest, size } of await read.selectFrom("blobs").selectAll().execute()) {
      all.sizes.set(digest, size);
    }
    for (const row of await read.selectFrom("repositories").selectAll().execute()) {
      all.projects.set(row.id, row.project_id);
    }
    for (const row of await read.selectFrom("repository_blobs").selectAll().execute()) {
      all.links.push({ repository: row.repository_id, digest: row.digest });
    }
    for (const row of await read.selectFrom("manifests").selectAll().execute()) {
      const { repository_id: repository, digest, size, subject, deleted_at } = row;
      all.manifests.push({ repository, digest, size, subject, live: deleted_at === null });
    }
    for (const row of await read.selectFrom("manifest_blobs").selectAll().execute()) {
      all.named.push({ ...row, repository: row.repository_id });
    }
    for (const row of await read.selectFrom("manifest_children").selectAll().execute()) {
      all.children.push({ ...row, repository: row.repository_id });
    }
    return all;
  }

  /** Bytes of all blobs, or of those that a project links. */
  stored(project?: string): number {
    const digests = new Set(
      this.links
        .filter((link) => project === undefined || this.projects.get(link.repository) === project)
        .map(({ digest }) => digest),
    );
    return this.sum(project === undefined ? this.sizes.keys() : digests);
  }

  get manifestBytes(): number {
    return this.manifests.reduce((sum, { size }) => sum + size, 0);
  }

  sum(digests: Iterable<string>): number {
    let sum = 0;
    for (const digest of digests) sum += this.sizes.get(digest) ?? 0;
    return sum;
  }

  /** The manifest with those that it lists and that refer to it. */
  closure(repository: string, root: string): ReadonlySet<string> {
    const live = this.manifests.filter((each) => each.repository === repository && each.live);
    const inside = new Set([root]);
    for (let before = 0; before < inside.size; ) {
      before = inside.size;
      for (const { digest, subject } of live) {
        const listed = this.children.some(
          (edge) =>
            edge.repository === repository && edge.child === digest && inside.has(edge.manifest),
        );
        if (listed || (subject !== null && inside.has(subject))) inside.add(digest);
      }
    }
    return inside;
  }

  /** What an artifact takes up. `sees` says which other repositories count. */
  artifact(repository: string, root: string, sees: (other: string) => boolean) {
    const inside = this.closure(repository, root);
    const here = new Set(
      this.links.filter((link) => link.repository === repository).map(({ digest }) => digest),
    );
    const edges = this.named.filter((edge) => edge.repository === repository);
    const own = edges.filter((edge) => inside.has(edge.manifest) && here.has(edge.digest));
    const unique = new Set(own.map(({ digest }) => digest));
    const shared = [...unique].filter(
      (digest) =>
        edges.some((edge) => edge.digest === digest && !inside.has(edge.manifest)) ||
        this.links.some(
          (link) =>
            link.digest === digest && link.repository !== repository && sees(link.repository),
        ),
    );
    return {
      manifests: inside.size,
      blobs: unique.size,
      logical: own.reduce((sum, { digest }) => sum + (this.sizes.get(digest) ?? 0), 0),
      unique: this.sum(unique),
      shared: this.sum(shared),
    };
  }

  /** What some repositories take up, beside those that `sees` says count. */
  place(repositories: ReadonlySet<string>, sees: (other: string) => boolean) {
    const unique = new Set(
      this.links.filter((link) => repositories.has(link.repository)).map(({ digest }) => digest),
    );
    const shared = [...unique].filter((digest) =>
      this.links.some(
        (link) =>
          link.digest === digest && !repositories.has(link.repository) && sees(link.repository),
      ),
    );
    const live = this.manifests.filter((each) => repositories.has(each.repository) && each.live);
    const names = new Set(live.map((each) => `${each.repository} ${each.digest}`));
    const own = this.named.filter((edge) => names.has(`${edge.repository} ${edge.manifest}`));
    return {
      manifests: live.length,
      manifestBytes: live.reduce((sum, { size }) => sum + size, 0),
      blobs: unique.size,
      logical: own.reduce((sum, { digest }) => sum + (this.sizes.get(digest) ?? 0), 0),
      unique: this.sum(unique),
      shared: this.sum(shared),
    };
  }
}
