import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entrepot } from "../cli/cli.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shells-"));
  for (const shell of ["zsh", "fish"]) {
    await writeFile(join(folder, shell), (await entrepot(["completion", shell])).out);
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function said(argv: readonly string[]): Promise<string> {
  const env = { ...process.env, HOME: folder, TERM: "dumb" };
  const child = Bun.spawn([...argv], { cwd: folder, env, stderr: "pipe" });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(err).toBe("");
  return out;
}

/** Types each line into a zsh at a terminal of its own, with a tab behind it; then tells what there is. */
const TYPIST = String.raw`zmodload zsh/zpty
zpty z env TERM=dumb zsh -f -i
until_() {
  local all="" piece
  while zpty -r z piece "*$1*"; do all+=$piece; [[ $all == *$1* ]] && break; done
  print -r -- "$all"
}
zpty -w z 'PS1=; autoload -U compinit; compinit -D -u; source ./zsh
dump() { print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N dump; bindkey "^X" dump; echo READY$((1))'
until_ READY1 >/dev/null
for line in "$@"; do zpty -n -w z "$line"$'\t\x18'; until_ ">>"; done
zpty -d z`;

test("zsh completes commands, options and what they take", async () => {
  const typed = [
    ["entrepot projec", "entrepot project "],
    ["entrepot project creat", "entrepot project create "],
    ["entrepot ls --sor", "entrepot ls --sort "],
    ["entrepot ls --name project --output ya", "entrepot ls --name project --output yaml "],
    ["entrepot completion fi", "entrepot completion fish "],
    ["entrepot apply -f fis", "entrepot apply -f fish "],
  ];
  await writeFile(join(folder, "typist"), TYPIST);
  const out = await said(["zsh", "-f", "typist", ...typed.map(([line = ""]) => line)]);
  const lines = [...out.matchAll(/<<(.*?)>>/g)].map(([, line]) => line);
  expect(lines).toEqual(typed.map(([, line]) => line));
});

test("fish completes commands, options and what they take", async () => {
  const offered = (line: string) =>
    said(["fish", "--no-config", "-c", `source ./fish; complete -C '${line}'`]);
  expect(await offered("entrepot pro")).toBe(
    "project\tprojects and their members\nprovider\tlogin providers\n",
  );
  expect(await offered("entrepot project crea")).toBe("create\tmake a project\n");
  expect(await offered("entrepot ls --so")).toBe("--sort\tin which order\n");
  expect(await offered("entrepot ls --name project --output y")).toBe("yaml\n");
  expect(await offered("entrepot completion f")).toBe("fish\n");
  expect(await offered("entrepot apply -f fis")).toStartWith("fish");
  expect(await offered("entrepot api GET ")).toBe("");
});
