import { NavLink } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../api/rights.ts";
import { ADMIN_SECTIONS } from "./sections.ts";

/** The ways to the pages of administrators, as far as the reader may see them; nothing for others. */
export function AdminNavigation({ onGo }: { readonly onGo: () => void }) {
  const { t } = useTranslation();
  const may = useMay(null);
  const { pathname } = useLocation();
  const isHere = pathname.startsWith("/admin/");
  const [opened, setOpened] = useState<boolean>();
  const isOpen = opened ?? isHere;
  const shown = ADMIN_SECTIONS.filter(({ right }) => may(right));
  if (shown.length === 0) return null;
  return (
    <NavLink
      component="button"
      label={t("admin.title")}
      opened={isOpen}
      aria-expanded={isOpen}
      onChange={setOpened}
      childrenOffset={12}
    >
      {shown.map(({ key, to }) => (
        <NavLink
          key={key}
          label={t(`admin.${key}`)}
          onClick={onGo}
          renderRoot={(props) => (
            <Link
              {...props}
              to={to}
              activeProps={{ "aria-current": "page", "data-active": true }}
            />
          )}
        />
      ))}
    </NavLink>
  );
}
