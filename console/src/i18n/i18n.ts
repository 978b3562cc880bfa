import { createInstance } from "i18next";
import { initReactI18next } from "react-i18next";
import { speak } from "../api/client.ts";
import { en } from "./en.ts";
import { zhCN } from "./zh-cn.ts";

const KEPT = "entrepot-language";

export const languages = [
  { tag: "en", name: "English" },
  { tag: "zh-CN", name: "简体中文" },
] as const;

export type LanguageTag = (typeof languages)[number]["tag"];

/** Some browsers have no storage for some sites: the choice then lasts as long as the page. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(tag: LanguageTag): void {
  try {
    localStorage.setItem(KEPT, tag);
  } catch {
    // Nothing to be done.
  }
}

/** What the reader chose, else the first of the browser's languages that is here. */
function preferred(): LanguageTag {
  for (const wanted of [kept() ?? "", ...navigator.languages]) {
    if (/^zh\b/i.test(wanted)) return "zh-CN";
    if (/^en\b/i.test(wanted)) return "en";
  }
  return "en";
}

function announce(tag: string): void {
  document.documentElement.lang = tag;
  speak(tag);
}

interface Words {
  readonly [name: string]: string | Words;
}

/** `{ a: { b: "c" } }` as `{ "a.b": "c" }`: a page looks up some hundred words while it is drawn. */
function flat(words: Words, before = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, word] of Object.entries(words)) {
    if (typeof word === "string") found[before + name] = word;
    else Object.assign(found, flat(word, `${before}${name}.`));
  }
  return found;
}

export const i18n = createInstance();
const first = preferred();
announce(first);
void i18n.use(initReactI18next).init({
  lng: first,
  fallbackLng: "en",
  // React escapes by itself.
  interpolation: { escapeValue: false },
  // A key is looked up as it is: neither parts of it nor name spaces.
  keySeparator: false,
  nsSeparator: false,
  ignoreJSONStructure: false,
  resources: { en: { translation: flat(en) }, "zh-CN": { translation: flat(zhCN) } },
});

/** Changes the language and keeps the choice. */
export function chooseLanguage(tag: LanguageTag): void {
  keep(tag);
  announce(tag);
  void i18n.changeLanguage(tag);
}
