import { Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { rightsQuery } from "../api/rights.ts";
import { sessionQuery } from "../api/session.ts";
import { PROJECT_SECTIONS } from "./sections.ts";

/** The ways between the pages of a project, as far as the reader may see them. */
export function ProjectNavigation({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  const isIn = session?.state === "active";
  const { data: rights } = useQuery({ ...rightsQuery(project), enabled: isIn });
  const shown = PROJECT_SECTIONS.filter(({ right }) =>
    right === null ? isIn : rights?.has(right) === true,
  );
  if (shown.length === 0) return null;
  return (
    <Group component="nav" gap={0} className="tab-links" aria-label={t("admin.ofProject")}>
      <Link
        to="/projects/$project/repositories"
        params={{ project }}
        activeProps={{ "aria-current": "page" }}
      >
        {t("browse.repositories")}
      </Link>
      {shown.map(({ key, to }) => (
        <Link key={key} to={to} params={{ project }} activeProps={{ "aria-current": "page" }}>
          {t(`admin.${key}`)}
        </Link>
      ))}
    </Group>
  );
}
