import { version } from "../../../package.json";
import type { ApiDocument } from "./operation-types.ts";
import { withServer } from "./server.ts";

let asked: Promise<ApiDocument> | undefined;

async function ask(): Promise<ApiDocument> {
  const document = await withServer(async ({ url }) => {
    const response = await fetch(new URL("/api/v1/openapi.json", url));
    return (await response.json()) as ApiDocument;
  });
  return { ...document, info: { ...document.info, version } };
}

/** The OpenAPI document as the program itself gives it, for the version of this source. */
export function apiDocument(): Promise<ApiDocument> {
  asked ??= ask();
  return asked;
}

/** The document as a file. */
export async function openApiReference(): Promise<string> {
  return `${JSON.stringify(await apiDocument(), null, 2)}\n`;
}
