import { useTranslation } from "react-i18next";
import type { en } from "../../i18n/en.ts";

type MayKey = keyof typeof en.may;

/** What a permission is about, in the order of the picker. */
export const FIELDS = ["repository", "project", "people", "installation"] as const;
export type Field = (typeof FIELDS)[number];

const FIELD_OF: Readonly<Record<string, Field>> = {
  repository: "repository",
  trash: "repository",
  immutability: "repository",
  quota: "project",
  retention: "repository",
  project: "project",
  member: "people",
  role: "people",
  robot: "people",
  trust: "people",
  access: "people",
  audit: "people",
};

export function fieldOf(permission: string): Field {
  if (permission === "project:create" || permission === "quota:write") return "installation";
  return FIELD_OF[permission.split(":")[0] ?? ""] ?? "installation";
}

/** What a permission allows, in the reader's words; its name for one that is newer than these. */
export function usePermissionWords(): (permission: string) => string {
  const { t, i18n } = useTranslation();
  return (permission) => {
    const key = permission.replace(/\W/g, "_") as MayKey;
    return i18n.exists(`may.${key}`) ? t(`may.${key}`) : permission;
  };
}
