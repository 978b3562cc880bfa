import type { ExplainedBinding, ExplainedStep, Explanation, Words } from "./explanation.ts";
import { comesWithLogin } from "./permissions.ts";
import {
  askedOf,
  bindingsFor,
  type Decision,
  decide,
  isInNetworks,
  limitsCover,
  type Question,
  spell,
} from "./rules.ts";
import { outcomeOf } from "./rules-binding.ts";
import { bindingWords, reasonWords, resourceWords } from "./words.ts";

type Outcome = ExplainedStep["outcome"];

function step(name: ExplainedStep["step"], outcome: Outcome, words: Words): ExplainedStep {
  return { step: name, outcome, words };
}

function limitsStep({ actor, action, resource }: Question): ExplainedStep {
  if (actor.limits === null) {
    return step("limits", "passes", { en: "the credential has no limits", zh: "凭据没有范围限制" });
  }
  return limitsCover(actor.limits, action, resource)
    ? step("limits", "passes", {
        en: "the credential's limits cover it",
        zh: "凭据的范围包括此操作",
      })
    : step("limits", "refuses", reasonWords("limit"));
}

function administratorStep({ actor }: Question): ExplainedStep {
  return actor.principal.administrator
    ? step("administrator", "allows", reasonWords("administrator"))
    : step("administrator", "passes", {
        en: "they are no administrator of the installation",
        zh: "其不是系统管理员",
      });
}

function loginStep({ actor, action }: Question): ExplainedStep | undefined {
  if (!comesWithLogin(action)) return undefined;
  return actor.principal.kind === "anonymous"
    ? step("login", "refuses", { en: "they are not logged in", zh: "尚未登录" })
    : step("login", "allows", reasonWords("login"));
}

function projectStep({ resource, project }: Question): ExplainedStep | undefined {
  if (resource.kind === "registry") return undefined;
  return project === null
    ? step("project", "passes", {
        en: "there is no such project: only who may create projects can push to it",
        zh: "不存在该项目：只有可创建项目者才能向其推送",
      })
    : step("project", "passes", {
        en: `the project is ${project.id}`,
        zh: `项目编号为 ${project.id}`,
      });
}

function grantStep(decision: Decision): ExplainedStep {
  if (decision.reason === "public") return step("public", "allows", reasonWords("public"));
  // A network refuses what was allowed before it.
  const allowed = decision.allowed || decision.reason === "network";
  const reason = decision.reason === "network" ? "binding" : decision.reason;
  return step("bindings", allowed ? "allows" : "refuses", reasonWords(reason));
}

function networkStep({ actor, project }: Question): ExplainedStep | undefined {
  if (project === null || project.from === null) return undefined;
  return isInNetworks(actor, project)
    ? step("network", "passes", {
        en: "the address is one that the project can be used from",
        zh: "该地址可以使用此项目",
      })
    : step("network", "refuses", reasonWords("network"));
}

/** The steps in the order of the decision, up to the one that ended it. */
function stepsOf(question: Question, decision: Decision): ExplainedStep[] {
  const steps: ExplainedStep[] = [];
  const early = [limitsStep, administratorStep, loginStep, projectStep];
  for (const make of early) {
    const made = make(question);
    if (made === undefined) continue;
    steps.push(made);
    if (made.outcome !== "passes") return steps;
  }
  steps.push(grantStep(decision));
  const network =
    decision.allowed || decision.reason === "network" ? networkStep(question) : undefined;
  return network === undefined ? steps : [...steps, network];
}

function bindingsOf(question: Question): ExplainedBinding[] {
  const asked = askedOf(question);
  const project = question.project?.name ?? null;
  const held = question.holdings.flatMap((holding) => bindingsFor(holding, question)).flat();
  return held.map((binding) => {
    const outcome = outcomeOf(binding, asked);
    const { id, role, subject, scope } = binding;
    const who = subject.id === "" ? subject.kind : `${subject.kind} ${subject.id}`;
    const words = bindingWords(binding, outcome, project, asked.facts());
    return { id, role: role.name, subject: who, scope, outcome, words };
  });
}

/** Tells how the decision on a question comes about: plain JSON, the same for the same question. */
export function explain(question: Question): Explanation {
  const { actor, action, resource } = question;
  const decision = decide(question);
  const of = resourceWords(resource);
  const reason = reasonWords(decision.reason);
  const { name } = actor.principal;
  return {
    principal: name,
    action,
    resource: spell(resource),
    decision,
    words: {
      en: `${name} ${decision.allowed ? "may" : "may not"} ${action} ${of.en}: ${reason.en}`,
      zh: `${name} ${decision.allowed ? "可以" : "不可以"}对${of.zh}执行 ${action}：${reason.zh}`,
    },
    steps: stepsOf(question, decision),
    bindings: bindingsOf(question),
  };
}
