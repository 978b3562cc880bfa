import type { Failure, Language } from "../../kernel/errors/catalogue.ts";
import { unsatisfiedRange } from "../../oci/range.ts";
import { retryAfterOf } from "../retry-after.ts";
import { type Headers, json } from "./respond.ts";

/** What a refusal needs to know beside itself. */
export interface RefusalContext {
  readonly language: Language;
  readonly requestId: string;
  /** The `WWW-Authenticate` of a 401. */
  readonly challenge: () => string;
  /** Headers that the exchange has gathered on its way. */
  readonly extra?: Headers | undefined;
  readonly head: boolean;
}

/** Why rights are missing, in the language of the words that it follows. */
function reasonOf({ details }: Failure, language: Language): string {
  const why = language === "zh" ? details.why_zh : details.why;
  if (why === undefined) return "";
  return language === "zh" ? `：${why}` : `: ${why}`;
}

/**
 * A refusal in the shape of the distribution-spec ("Error Codes"). The message says what happened
 * and the way out, since it is all that most clients show.
 */
export function refuse(failure: Failure, context: RefusalContext): Response {
  const { entry, status, code, details } = failure;
  const { language } = context;
  const words = `${failure.words(language)}${reasonOf(failure, language)}`;
  const help = failure.help(language);
  const message = language === "zh" ? `${words}。${help}` : `${words}. ${help}`;
  const headers: Headers = { ...context.extra, "x-request-id": context.requestId };
  const wait = retryAfterOf(failure);
  if (wait !== undefined) headers["retry-after"] = String(wait);
  if (status === 401) headers["www-authenticate"] = context.challenge();
  // "The origin server MUST generate an Allow header field in a 405" (RFC 9110 §15.5.6).
  if (code === "request.method") headers.allow = [details.allowed].flat().join(", ");
  if (code === "blob.in_use") headers.allow = "GET, HEAD";
  if (code === "blob.range") headers["content-range"] = unsatisfiedRange(Number(details.size));
  const body = { errors: [{ code: entry.wire, message, detail: { ...details, reason: code } }] };
  const response = json(status, headers, body);
  return context.head ? new Response(null, { status, headers: response.headers }) : response;
}
