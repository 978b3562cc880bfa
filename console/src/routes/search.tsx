import { Container, Stack, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Search } from "../browse/search.tsx";

const here = getRouteApi("/open/search");

/** What is found of what the reader may see. */
export function SearchRoute() {
  const { t } = useTranslation();
  const state = here.useSearch();
  const navigate = here.useNavigate();
  useDocumentTitle(`${t("search.title")} · ${t("app.name")}`);
  return (
    <Container size="lg">
      <Stack>
        <Title order={1}>{t("search.title")}</Title>
        <Search state={state} onState={(search) => void navigate({ search })} />
      </Stack>
    </Container>
  );
}
