import { nextLink, type PageRequest, parsePage } from "../../../oci/page.ts";
import type { Exchange } from "../exchange.ts";
import { type Headers, json } from "../respond.ts";

const MOST = 10_000;

function pageOf(x: Exchange): PageRequest {
  const limits = { fallback: x.parts.pageSize, most: MOST };
  return parsePage(x.query.get("n"), x.query.get("last"), limits);
}

function linkTo(path: string, n: number, last: string | undefined): Headers {
  return last === undefined ? {} : { link: nextLink(path, { n: String(n), last }) };
}

/** end-8: tags in byte order. */
export async function listTags(x: Exchange): Promise<Response> {
  const { n, last = "" } = pageOf(x);
  const { names, next } = await x.parts.content.lists.tags(x.name, last, n);
  return json(200, linkTo(`/v2/${x.name}/tags/list`, n, next), { name: x.name, tags: names });
}

/** Docker's catalogue: the repositories that the caller may pull from, in byte order. */
export async function listRepositories(x: Exchange): Promise<Response> {
  const { n, last = "" } = pageOf(x);
  const { token, parts } = x;
  // A token for the catalogue names no repositories: what counts is what its credential allows.
  const whole = token === undefined ? x.actor : await parts.tokens.wholeActorOf(token, x.presence);
  const visible = parts.access.visible(whole, "repository:pull");
  const { names, next } = await x.parts.content.lists.repositories(last, n, visible);
  return json(200, linkTo("/v2/_catalog", n, next), { repositories: names });
}
