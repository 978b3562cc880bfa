import { version } from "../../../package.json";
import { withServer } from "./server.ts";

/** The OpenAPI document as the program itself gives it, for the version of this source. */
export async function openApiReference(): Promise<string> {
  const document = await withServer(async ({ url }) => {
    const response = await fetch(new URL("/api/v1/openapi.json", url));
    return (await response.json()) as { info: object };
  });
  const info = { ...document.info, version };
  return `${JSON.stringify({ ...document, info }, null, 2)}\n`;
}
