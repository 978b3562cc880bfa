import { Group, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type LanguageTag, languages } from "../i18n/i18n.ts";

/** Language and appearance: there before anybody has signed in. */
export function Preferences() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Group gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t("app.language")}
        value={i18n.language}
        onChange={(tag) => chooseLanguage(tag as LanguageTag)}
        data={languages.map(({ tag, name }) => ({ value: tag, label: name }))}
      />
      <SegmentedControl
        size="xs"
        aria-label={t("app.scheme.label")}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as "light" | "dark" | "auto")}
        data={(["light", "dark", "auto"] as const).map((value) => ({
          value,
          label: t(`app.scheme.${value}`),
        }))}
      />
    </Group>
  );
}
