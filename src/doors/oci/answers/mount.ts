import { Failure, failure } from "../../../kernel/errors/catalogue.ts";
import { type Digest, parseDigest } from "../../../oci/digest.ts";
import { parseRepositoryName, type RepositoryName } from "../../../oci/name.ts";
import { formatScope } from "../../../oci/scope.ts";
import type { Exchange } from "../exchange.ts";
import { mayPull, wouldPull } from "../steps/authorize.ts";

function sourceOf(text: string | null): RepositoryName | undefined | "unusable" {
  if (text === null || text === "") return undefined;
  try {
    return parseRepositoryName(text);
  } catch {
    return "unusable";
  }
}

async function holds(x: Exchange, repository: RepositoryName, digest: Digest): Promise<boolean> {
  try {
    await x.parts.content.blobs.get(repository, digest);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.status === 404) return false;
    throw error;
  }
}

/**
 * end-11: links a blob that is in another repository already; undefined where the upload goes the
 * usual way. "If the registry does not support … or is unable to mount, it SHOULD return 202". A
 * token that does not name the source is no reason for that where another one would do: then the
 * client is asked for it, as it would be for the target.
 */
export async function tryMount(x: Exchange): Promise<Digest | undefined> {
  const mount = x.query.get("mount");
  if (mount === null) return undefined;
  const digest = parseDigest(mount);
  const from = sourceOf(x.query.get("from"));
  if (from === "unusable") return undefined;
  let beyondToken: RepositoryName | undefined;
  const mounted = await x.parts.content.blobs.mount({
    repository: x.name,
    digest,
    from,
    pusher: x.pusher,
    async mayPull(name) {
      if (await mayPull(x, name)) return true;
      if (beyondToken === undefined && (await wouldPull(x, name))) {
        beyondToken = name as RepositoryName;
      }
      return false;
    },
  });
  if (mounted) return digest;
  if (beyondToken === undefined || !(await holds(x, beyondToken, digest))) return undefined;
  const scope = { type: "repository", name: beyondToken, actions: ["pull"] };
  x.scopes = [...x.scopes, scope];
  throw failure("access.insufficient_scope", {
    action: "repository:pull",
    resource: `repository ${beyondToken}`,
    scope: formatScope(scope),
  });
}
