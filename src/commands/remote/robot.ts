import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import type { RemoteContext } from "./connection.ts";
import { robot, under } from "./find.ts";
import { type Remote, read } from "./remote.ts";
import { limitOf, seconds } from "./values.ts";
import { addVerb, group, type VerbOption } from "./verb.ts";
import { robotView, tokenView } from "./views.ts";

const PROJECT: VerbOption = {
  flags: "--project <name>",
  words: { en: "of this project; else of the installation", zh: "所属项目；未给出时为系统账户" },
};
const EXPIRES: VerbOption = {
  flags: "--expires <duration>",
  words: { en: "the secret ends after: 90d; else never", zh: "机密有效期，如 90d；默认永久" },
};

interface Where {
  readonly project?: string;
}

interface NewRobot extends Where {
  readonly description?: string;
  readonly limit?: string[];
  readonly address?: string[];
  readonly expires?: string;
}

interface Rotation extends Where {
  readonly overlap?: string;
  readonly expires?: string;
}

const secretOf = (answer: unknown) => read(z.object({ secret: z.string() }), answer).secret;

async function at(remote: Remote, name: string, project: string | undefined): Promise<string> {
  const { id, list } = await robot(remote.rest, name, project);
  return `${list}${path`/${id}`}`;
}

const SWITCHES = {
  disable: {
    words: { en: "disable a robot at once", zh: "立即停用机器人账户" },
    done: { en: "disabled {name}", zh: "已停用 {name}" },
  },
  enable: {
    words: { en: "enable a robot again", zh: "重新启用机器人账户" },
    done: { en: "enabled {name}", zh: "已启用 {name}" },
  },
} as const;

/** `entrepot robot`: the accounts of machines. */
export function robotCommand(context: RemoteContext): Command {
  const command = group(
    "robot",
    {
      en: "accounts of machines, named robot+PROJECT+NAME or robot+NAME",
      zh: "管理机器人账户，名称为 robot+项目+名称 或 robot+名称",
    },
    context,
  );
  addVerb<Where>(command, context, {
    usage: "list",
    words: { en: "list robots", zh: "列出机器人账户" },
    example: "entrepot robot list --project team",
    options: [PROJECT],
    async run(remote, _, { project }) {
      await remote.showAll(robotView, remote.rest.list(`${under(project)}/robots`));
    },
  });
  addVerb<NewRobot>(command, context, {
    usage: "create <name>",
    words: { en: "make a robot; its secret is told once", zh: "创建机器人账户；机密仅显示一次" },
    example: "entrepot robot create ci --project team --limit 'pull,push@team/**' --expires 90d",
    options: [
      PROJECT,
      {
        flags: "--limit <actions@repositories...>",
        words: { en: "what its secrets are limited to", zh: "限定可执行的操作与仓库" },
      },
      {
        flags: "--address <network...>",
        words: { en: "can be used only from here", zh: "仅允许这些地址或网段使用" },
      },
      EXPIRES,
      { flags: "--description <text>", words: { en: "what it is for", zh: "说明" } },
    ],
    async run(remote, [name = ""], { project, description, limit, address, expires }) {
      const body = {
        name,
        description,
        limits: limit?.map(limitOf),
        addresses: address,
        lifetimeSeconds: seconds(expires),
      };
      const made = await remote.rest.call("POST", `${under(project)}/robots`, { body });
      await remote.showSecret(robotView, made, secretOf(made), {
        en: `The secret is told once. Log in: docker login -u ${read(robotView.shape, made).name} --password-stdin ${remote.url.host}`,
        zh: `机密仅显示一次。登录：docker login -u ${read(robotView.shape, made).name} --password-stdin ${remote.url.host}`,
      });
    },
  });
  addVerb<Where>(command, context, {
    usage: "show <name>",
    words: { en: "show a robot and its live secrets", zh: "查看机器人账户及其有效机密" },
    example: "entrepot robot show robot+team+ci",
    options: [PROJECT],
    async run(remote, [name = ""], { project }) {
      const { rest } = remote;
      const target = await at(remote, name, project);
      await remote.show(robotView, await rest.call("GET", target));
      if (remote.isData) return;
      const answer = await rest.call("GET", `${target}/secrets`);
      const { items } = read(z.object({ items: z.array(tokenView.shape) }), answer);
      await remote.print("\n");
      await remote.showAll(tokenView, items);
    },
  });
  addVerb<Rotation>(command, context, {
    usage: "rotate <name>",
    words: {
      en: "make a new secret; the one before stays valid for an overlap",
      zh: "生成新机密；旧机密在重叠期内仍有效",
    },
    example: "entrepot robot rotate robot+team+ci --overlap 1h",
    options: [
      PROJECT,
      {
        flags: "--overlap <duration>",
        words: { en: "0 to 7d; else 1h", zh: "重叠期，0 至 7d；默认 1h" },
      },
      EXPIRES,
    ],
    async run(remote, [name = ""], { project, overlap, expires }) {
      const target = `${await at(remote, name, project)}/secrets`;
      const body = { overlapSeconds: seconds(overlap), lifetimeSeconds: seconds(expires) };
      const made = await remote.rest.call("POST", target, { body });
      await remote.showSecret(tokenView, made, secretOf(made), {
        en: "The secret is told once and stored nowhere.",
        zh: "机密仅显示一次，不会存储。",
      });
    },
  });
  for (const verb of ["disable", "enable"] as const) {
    const { words, done } = SWITCHES[verb];
    addVerb<Where>(command, context, {
      usage: `${verb} <name>`,
      words,
      example: `entrepot robot ${verb} robot+team+ci`,
      options: [PROJECT],
      async run(remote, [name = ""], { project }) {
        const target = `${await at(remote, name, project)}/${verb}`;
        const answer = await remote.rest.call("POST", target);
        await remote.note(done, { name });
        await remote.show(robotView, answer);
      },
    });
  }
  addVerb<Where>(command, context, {
    usage: "delete <name>",
    words: { en: "delete a robot", zh: "删除机器人账户" },
    example: "entrepot robot delete robot+team+ci",
    options: [PROJECT],
    async run(remote, [name = ""], { project }) {
      await remote.rest.call("DELETE", await at(remote, name, project));
      await remote.note({ en: "deleted {name}", zh: "已删除 {name}" }, { name });
    },
  });
  return command;
}
