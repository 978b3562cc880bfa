import type { RestClient } from "../../client/rest.ts";
import { parseReference, parseRepositoryName, projectOf } from "../../oci/name.ts";
import { misuse } from "./complaint.ts";

/** A repository as the API's paths have it. */
export interface RepositoryPlace {
  readonly project: string;
  readonly repository: string;
}

export interface ReferencePlace extends RepositoryPlace {
  /** A tag or a digest. */
  readonly reference: string;
}

/** Reads `team/web/api`; a name of one component is in the project `library`. Throws `Complaint`. */
export function repositoryPlace(text: string): RepositoryPlace {
  try {
    const name = parseRepositoryName(text);
    const project = projectOf(name);
    return { project, repository: name.slice(project.length + 1) };
  } catch {
    throw misuse(
      `${text} is no repository: write PROJECT/NAME, in small letters`,
      `${text} 不是仓库名：请写成 项目/名称，使用小写字母`,
    );
  }
}

/** Reads `team/api:1.0` or `team/api@sha256:…`. Throws `Complaint`. */
export function referencePlace(text: string): ReferencePlace {
  const at = text.indexOf("@");
  const colon = text.lastIndexOf(":");
  const cut = at >= 0 ? at : colon > text.lastIndexOf("/") ? colon : -1;
  const reference = cut < 0 ? "latest" : text.slice(cut + 1);
  try {
    parseReference(reference);
  } catch {
    throw misuse(
      `${text} is no reference: write NAME:TAG or NAME@DIGEST`,
      `${text} 不是有效引用：请写成 名称:标签 或 名称@摘要`,
    );
  }
  return { ...repositoryPlace(cut < 0 ? text : text.slice(0, cut)), reference };
}

/** The digest behind a reference. */
export async function digestOf(rest: RestClient, place: ReferencePlace): Promise<string> {
  if (place.reference.includes(":")) return place.reference;
  const { project, repository, reference: tag } = place;
  return (await rest.ask("getTag", { params: { project, repository, tag } })).digest;
}
