import type { Locator, Page } from "playwright-core";
import { en } from "../../console/src/i18n/en.ts";
import { PROJECT, REPOSITORY, TAG } from "./fill.ts";

/** One change of the page. */
export interface Step {
  readonly name: string;
  /** What is clicked; left out for the way back. */
  readonly link?: (page: Page) => Locator;
  /** What the address is then. */
  readonly path: string;
  /** What only the page that was asked for has: a selector, and words in it. */
  readonly shows: readonly [selector: string, words: string];
}

const inMain = (name: string) => (page: Page) =>
  page.getByRole("main").getByRole("link", { name, exact: true }).first();
const inMenu = (name: string) => (page: Page) =>
  page.getByRole("navigation").getByRole("link", { name, exact: true }).first();

const inRepository = `/projects/${PROJECT}/repositories/${encodeURIComponent(REPOSITORY)}`;

const ADMINISTRATION = [
  "dashboard",
  "users",
  "roles",
  "robots",
  "audit",
  "jobs",
  "system",
] as const;

/** What people look at in a day, one page after the other. */
export const TOUR: readonly Step[] = [
  {
    name: "repositories",
    link: inMenu(en.browse.repositories),
    path: "/repositories",
    shows: ["main table td", PROJECT],
  },
  {
    name: "projects",
    link: inMenu(en.projects.title),
    path: "/projects",
    shows: ["main table td", PROJECT],
  },
  {
    name: "a project",
    link: inMain(PROJECT),
    path: `/projects/${PROJECT}/repositories`,
    shows: ["main table td", REPOSITORY],
  },
  {
    name: "a repository",
    link: inMain(REPOSITORY),
    path: `${inRepository}/tags`,
    shows: ["main table td", TAG],
  },
  {
    name: "an image",
    link: inMain(TAG),
    path: `${inRepository}/artifacts/${TAG}/overview`,
    shows: ["main .markdown", "Words"],
  },
  { name: "back to the repository", path: `${inRepository}/tags`, shows: ["main table td", TAG] },
  {
    name: "its words",
    link: inMain(en.browse.about),
    path: `${inRepository}/about`,
    shows: ["main .markdown", "Words"],
  },
  {
    name: "its history",
    link: inMain(en.browse.history.title),
    path: `${inRepository}/history`,
    shows: ["main li", TAG],
  },
  {
    name: "home",
    link: inMenu(en.app.home),
    path: "/",
    shows: ["main h2", en.home.last],
  },
  {
    name: "client set-up",
    link: inMenu(en.clients.title),
    path: "/clients",
    shows: ["main h1", en.clients.title],
  },
  ...ADMINISTRATION.map((name) => ({
    name: `administration: ${name}`,
    link: inMenu(en.admin[name]),
    path: `/admin/${name}`,
    shows: ["main h1", en.admin[name]] as const,
  })),
];

/** Opens the part of the menu that is closed at first. */
export async function unfold(page: Page): Promise<void> {
  const part = page.getByRole("button", { name: en.admin.title, exact: true });
  if ((await part.getAttribute("aria-expanded")) === "false") await part.click();
}

/** Milliseconds. */
const PATIENCE = 10_000;

const LOADING = 'main [aria-busy="true"]';

/** Waits until nothing on the page is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.locator(LOADING).first().waitFor({ state: "detached" });
}

/**
 * Sets the clock: it runs from the next click, or from now for the way back, until the browser has
 * painted the page with nothing in it still loading. Gives what waits for that, in milliseconds.
 */
export async function armed(page: Page, step: Step): Promise<() => Promise<number>> {
  const isBack = step.link === undefined;
  const [selector, words] = step.shows;
  await page.evaluate(
    `{
      let began = ${isBack} ? performance.now() : undefined;
      addEventListener("click", () => { began ??= performance.now(); }, { capture: true, once: true });
      const isShown = () =>
        began !== undefined &&
        location.pathname === ${JSON.stringify(step.path)} &&
        document.querySelector('${LOADING}') === null &&
        [...document.querySelectorAll(${JSON.stringify(selector)})].some((each) =>
          each.textContent.includes(${JSON.stringify(words)}));
      window.shown = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error("${step.name}: never shown")), ${PATIENCE});
        const look = () => {
          if (!isShown()) return requestAnimationFrame(look);
          // Its turn comes after this frame is painted.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now() - began);
          port2.postMessage(undefined);
        };
        requestAnimationFrame(look);
      });
      // Not waited for here.
      undefined;
    }`,
  );
  return () => page.evaluate<number>("window.shown");
}
