import { Button, Checkbox, Fieldset, Group, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { FIELDS, type Field, fieldOf, usePermissionWords } from "./permissions.ts";

interface FieldProps {
  readonly field: Field;
  readonly all: readonly string[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: readonly string[]) => void;
}

function PermissionField({ field, all, chosen, onChange }: FieldProps) {
  const { t } = useTranslation();
  const wordsOf = usePermissionWords();
  const isWhole = all.every((each) => chosen.has(each));
  function turn(permissions: readonly string[], isOn: boolean): void {
    const after = new Set(chosen);
    for (const each of permissions) {
      if (isOn) after.add(each);
      else after.delete(each);
    }
    onChange([...after]);
  }
  return (
    <Fieldset legend={t(`roles.fields.${field}`)}>
      <Stack gap="xs">
        <Group justify="flex-end">
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`${t(isWhole ? "roles.none" : "roles.every")}: ${t(`roles.fields.${field}`)}`}
            onClick={() => turn(all, !isWhole)}
          >
            {t(isWhole ? "roles.none" : "roles.every")}
          </Button>
        </Group>
        {all.map((each) => (
          <Checkbox
            key={each}
            label={wordsOf(each)}
            description={each}
            checked={chosen.has(each)}
            onChange={(event) => turn([each], event.currentTarget.checked)}
          />
        ))}
      </Stack>
    </Fieldset>
  );
}

interface Props {
  readonly isOfProject: boolean;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** What a role allows: all that can be given, by what it is about, in words. */
export function PermissionPicker({ isOfProject, chosen, onChange }: Props) {
  const query = useQuery({
    queryKey: ["permissions"],
    queryFn: () => call<{ items: readonly string[] }>("GET", "/permissions"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const set = new Set(chosen);
  return (
    <Loaded query={query}>
      {({ items }) => (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {FIELDS.filter((field) => !isOfProject || field !== "installation").map((field) => (
            <PermissionField
              key={field}
              field={field}
              all={items.filter((each) => fieldOf(each) === field)}
              chosen={set}
              onChange={onChange}
            />
          ))}
        </SimpleGrid>
      )}
    </Loaded>
  );
}
