import { Box, NavLink, Select } from "@mantine/core";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../api/rights.ts";
import { ADMIN_SECTIONS } from "./sections.ts";

/** What stands beside every page of administrators: the others that the reader may see. */
export function AdminFrame() {
  const { t } = useTranslation();
  const may = useMay(null);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const shown = ADMIN_SECTIONS.filter(({ right }) => may(right));
  const here = shown.find(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  return (
    <div className="frame">
      <Box component="nav" aria-label={t("admin.title")} visibleFrom="md" className="frame-nav">
        {shown.map(({ key, to }) => (
          <NavLink
            key={key}
            label={t(`admin.${key}`)}
            active={here?.key === key}
            aria-current={here?.key === key ? "page" : undefined}
            renderRoot={(props) => <Link {...props} to={to} />}
          />
        ))}
      </Box>
      <Select
        hiddenFrom="md"
        mb="md"
        aria-label={t("admin.title")}
        data={shown.map(({ key, to }) => ({ value: to, label: t(`admin.${key}`) }))}
        value={here?.to ?? null}
        onChange={(to) => void navigate({ to: shown.find((each) => each.to === to)?.to ?? "." })}
        allowDeselect={false}
      />
      <div className="frame-page">
        <Outlet />
      </div>
    </div>
  );
}
