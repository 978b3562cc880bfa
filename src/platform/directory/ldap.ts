import {
  AndFilter,
  type Client,
  type Entry,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  FilterParser,
  InvalidCredentialsError,
  OrFilter,
  ResultCodeError,
} from "ldapts";
import { failure } from "../../kernel/errors/catalogue.ts";
import { type Connection, openConnection, reasonOf, type Tell, tried } from "./connection.ts";
import type { DirectoryFilter } from "./filter.ts";
import type {
  Directory,
  DirectoryEntry,
  DirectoryQuery,
  DirectorySettings,
  DirectoryStep,
} from "./port.ts";

/** Servers hand out at most a thousand entries at once (RFC 2696 asks for the rest). */
const PAGE = 500;

function toFilter(filter: DirectoryFilter): Filter {
  if ("text" in filter) return FilterParser.parseString(filter.text);
  if ("all" in filter) return new AndFilter({ filters: filter.all.map(toFilter) });
  if ("any" in filter) return new OrFilter({ filters: filter.any.map(toFilter) });
  const { attribute } = filter;
  if ("rule" in filter) {
    return new ExtensibleFilter({ matchType: attribute, rule: filter.rule, value: filter.value });
  }
  const { equals } = filter;
  const value = typeof equals === "string" ? equals : Buffer.from(equals);
  return new EqualityFilter({ attribute, value });
}

function toEntry({ dn, ...rest }: Entry): DirectoryEntry {
  const attributes = new Map<string, readonly (string | Uint8Array)[]>();
  for (const [name, value] of Object.entries(rest)) {
    const values = Array.isArray(value) ? value : [value];
    if (values.length > 0) attributes.set(name.toLowerCase(), values);
  }
  return { dn, attributes };
}

async function searchOn(client: Client, query: DirectoryQuery): Promise<DirectoryEntry[]> {
  const { base, scope, filter, attributes, binary = [], most } = query;
  const found: DirectoryEntry[] = [];
  const pages = client.searchPaginated(base, {
    scope,
    filter: toFilter(filter),
    attributes: [...attributes],
    explicitBufferAttributes: [...binary],
    derefAliases: "never",
    paged: { pageSize: Math.min(PAGE, most) },
  });
  // What the server refers to elsewhere (`searchReferences`) is left alone: nobody asked us to
  // show our password there.
  for await (const { searchEntries } of pages) {
    found.push(...searchEntries.map(toEntry));
    if (found.length >= most) break;
  }
  return found.slice(0, most);
}

/** RFC 4511 appendix A.1: noSuchObject. */
const NO_SUCH_OBJECT = 32;

/** What a search that failed means: an entry that was asked for by name may be gone. */
function answerTo({ scope }: DirectoryQuery, error: unknown): DirectoryEntry[] {
  if (!(error instanceof ResultCodeError)) throw failure("directory.unavailable", {}, error);
  if (scope === "base" && error.code === NO_SUCH_OBJECT) return [];
  throw failure("directory.refused", {}, error);
}

/** The directory behind LDAP servers, asked in the given order until one answers. */
export function openLdapDirectory(settings: DirectorySettings): Directory {
  let searching: Promise<Connection> | undefined;
  let isClosed = false;

  /** Opens a connection to the first server that takes one. */
  async function open(tell?: Tell): Promise<Connection> {
    const reasons: string[] = [];
    for (const url of settings.urls) {
      try {
        return await openConnection(settings, url, tell);
      } catch (error) {
        reasons.push(`${url}: ${reasonOf(error)}`);
      }
    }
    throw failure("directory.unavailable", {}, new Error(reasons.join("; ")));
  }

  async function openBound(tell: Tell = () => {}): Promise<Connection> {
    const connection = await open(tell);
    // Where no name is configured the search is anonymous, which needs no bind at all.
    if (settings.bindDn === "") return connection;
    try {
      await tried(tell, { step: "bind", url: connection.url }, async () => {
        await connection.client.bind(settings.bindDn, await settings.bindPassword());
      });
      return connection;
    } catch (error) {
      await connection.close();
      throw failure("directory.refused", {}, error);
    }
  }

  /** The connection that all searches share, made anew when it was lost. */
  async function shared(): Promise<{ connection: Connection; isNew: boolean }> {
    if (isClosed) throw failure("directory.unavailable");
    const seen = searching;
    const there = await seen?.catch(() => undefined);
    if (there?.isOpen() === true) return { connection: there, isNew: false };
    // Another search may have begun to open one meanwhile.
    if (searching === seen) searching = openBound();
    return { connection: await (searching ?? openBound()), isNew: true };
  }

  return {
    async search(query) {
      const { connection, isNew } = await shared();
      try {
        return await searchOn(connection.client, query);
      } catch (error) {
        if (error instanceof ResultCodeError) return answerTo(query, error);
        await connection.close();
        // Servers close connections that were idle: one that was not made just now is tried anew.
        if (isNew) return answerTo(query, error);
      }
      const fresh = await shared();
      return searchOn(fresh.connection.client, query).catch((error) => answerTo(query, error));
    },
    async verify(dn, password) {
      if (dn === "" || password === "") return false;
      const connection = await open();
      try {
        await connection.client.bind(dn, password);
        return true;
      } catch (error) {
        // Locked, expired and disabled accounts get other codes from some servers: no either way.
        if (error instanceof InvalidCredentialsError || isRefusal(error)) return false;
        throw failure("directory.unavailable", {}, error);
      } finally {
        await connection.close();
      }
    },
    async probe() {
      const steps: DirectoryStep[] = [];
      try {
        await (await openBound((step) => steps.push(step))).close();
      } catch (error) {
        if (steps.every(({ ok }) => ok)) throw error;
      }
      return steps;
    },
    async close() {
      isClosed = true;
      await (await searching?.catch(() => undefined))?.close();
    },
  };
}

/** RFC 4511 appendix A: answers to a bind that concern this account and not the server. */
const REFUSALS: ReadonlySet<number> = new Set([
  19, // constraintViolation, such as a locked account
  32, // noSuchObject
  48, // inappropriateAuthentication
  50, // insufficientAccessRights
  53, // unwillingToPerform
]);

function isRefusal(error: unknown): boolean {
  return error instanceof ResultCodeError && REFUSALS.has(error.code);
}
