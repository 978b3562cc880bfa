import { Environment, EvaluationError, ParseError } from "@marcbachmann/cel-js";
import { BoundedCache } from "../../../kernel/bounded-cache.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { compileGlob } from "../../../oci/glob.ts";
import { inNetwork } from "../../projects/networks.ts";
import { areBounded } from "./claims.ts";
import type { Condition, ConditionFacts, ConditionResult } from "./condition.ts";
import { MOST_NODES, vet } from "./vet.ts";

/** A condition over nothing but the claims of an outside token. */
export interface ClaimsCondition {
  readonly text: string;
  /** Never throws: what cannot be evaluated is not met. */
  test(claims: Readonly<Record<string, unknown>>): ConditionResult;
}

/** More would be a program. */
export const MOST_CONDITION = 2_000;
const MOST_DEPTH = 24;

// Classes, because the library checks fields of classes against a schema when a condition is saved.
class Request {
  readonly address: string;
  readonly time: Date;
  readonly second_factor: boolean;
  readonly via: string;

  constructor({ address, time, secondFactor, via }: ConditionFacts) {
    this.address = address;
    this.time = new Date(time);
    this.second_factor = secondFactor;
    this.via = via;
  }
}

class ResourceFacts {
  readonly project: string;
  readonly repository: string;
  readonly tag: string;

  constructor({ project, repository, tag }: ConditionFacts) {
    this.project = project;
    this.repository = repository;
    this.tag = tag;
  }
}

class PrincipalFacts {
  readonly name: string;
  readonly kind: string;

  constructor({ principalName, principalKind }: ConditionFacts) {
    this.name = principalName;
    this.kind = principalKind;
  }
}

const TIMESTAMP = "google.protobuf.Timestamp";

const CLAIMS_ONLY = "claims";
const EVERYTHING =
  "request.address, request.time, request.second_factor, request.via, action, " +
  "resource.project, resource.repository, resource.tag, principal.name, principal.kind, claims";

function environment(): Environment {
  return new Environment({ limits: { maxAstNodes: MOST_NODES, maxDepth: MOST_DEPTH } })
    .registerVariable("claims", "map<string, dyn>")
    .registerFunction("inNetwork(string, string): bool", inNetwork, { async: false })
    .registerFunction(
      "matchesGlob(string, string): bool",
      (text: string, pattern: string) => compileGlob(pattern).test(text),
      { async: false },
    );
}

const ofClaims = environment();
const ofEverything = environment()
  .registerType("Request", {
    ctor: Request,
    fields: { address: "string", time: TIMESTAMP, second_factor: "bool", via: "string" },
  })
  .registerType("Resource", {
    ctor: ResourceFacts,
    fields: { project: "string", repository: "string", tag: "string" },
  })
  .registerType("Principal", { ctor: PrincipalFacts, fields: { name: "string", kind: "string" } })
  .registerVariable("request", "Request")
  .registerVariable("resource", "Resource")
  .registerVariable("principal", "Principal")
  .registerVariable("action", "string");

type Evaluate = (variables: Record<string, unknown>) => unknown;

/** Parses, vets and type-checks. Throws `condition.*` with the position, counted from 1. */
function compile(cel: Environment, text: string, variables: string): Evaluate {
  if (text.length > MOST_CONDITION) {
    throw failure("condition.too_large", { problem: `more than ${MOST_CONDITION} characters` });
  }
  const parsed = parse(cel, text);
  vet(parsed.ast);
  const { valid, type = "dyn", error } = parsed.check();
  if (!valid) {
    const position = (error?.range?.start ?? 0) + 1;
    const problem = error?.summary ?? "it does not fit";
    throw failure("condition.type", { position, problem, variables }, error);
  }
  if (type !== "bool") throw failure("condition.not_boolean", { type });
  return parsed;
}

function parse(cel: Environment, text: string) {
  try {
    return cel.parse(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const problem = error.summary;
    if (/^Exceeded max/.test(problem)) throw failure("condition.too_large", { problem }, error);
    const position = (error.range?.start ?? 0) + 1;
    throw failure("condition.syntax", { position, problem }, error);
  }
}

function run(evaluate: Evaluate, variables: Record<string, unknown>): ConditionResult {
  try {
    const met = evaluate(variables) === true;
    return { met, error: null };
  } catch (error) {
    return { met: false, error: error instanceof EvaluationError ? error.summary : "it failed" };
  }
}

const TOO_MANY: ConditionResult = { met: false, error: "there are too many claims" };

const known = new BoundedCache<Condition>(1_024);

/**
 * Compiles the condition of a binding; the same text is compiled once. It can see
 * `request.{address,time,second_factor,via}`, `action`, `resource.{project,repository,tag}`,
 * `principal.{name,kind}` and `claims`, and has `inNetwork(address, network)` and
 * `matchesGlob(text, pattern)`. What it sees are values; none of them can become code.
 * Throws `condition.*`.
 */
export function compileCondition(text: string): Condition {
  const before = known.get(text);
  if (before !== undefined) return before;
  const evaluate = compile(ofEverything, text, EVERYTHING);
  const condition: Condition = {
    text,
    test(facts) {
      if (!areBounded(facts.claims)) return TOO_MANY;
      return run(evaluate, {
        request: new Request(facts),
        resource: new ResourceFacts(facts),
        principal: new PrincipalFacts(facts),
        action: facts.action,
        claims: facts.claims,
      });
    },
  };
  known.set(text, condition, 1);
  return condition;
}

/** Compiles a condition over `claims` alone, as trust rules have it. Throws `condition.*`. */
export function compileClaimsCondition(text: string): ClaimsCondition {
  const evaluate = compile(ofClaims, text, CLAIMS_ONLY);
  return {
    text,
    test: (claims) => (areBounded(claims) ? run(evaluate, { claims }) : TOO_MANY),
  };
}
