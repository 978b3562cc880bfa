import { FileInput, List, NativeSelect, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useAct } from "../save.ts";
import { under } from "../scope.ts";
import { ImportedPolicy } from "./imported-policy.tsx";

type Imported = Schemas["ImportedRetention"];

const FORMATS = ["ecr", "harbor"] as const;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function NotCarried({ items }: { readonly items: Imported["notCarried"] }) {
  const { t, i18n } = useTranslation();
  const isChinese = i18n.language.startsWith("zh");
  return (
    <section aria-label={t("retention.notCarried")}>
      <Text size="sm" fw={500}>
        {t("retention.notCarried")}
      </Text>
      {items.length === 0 ? (
        <Text size="sm">{t("retention.allCarried")}</Text>
      ) : (
        <List size="sm">
          {items.map(({ at, why }) => (
            <List.Item key={`${at} ${why.en}`}>{`${at}: ${isChinese ? why.zh : why.en}`}</List.Item>
          ))}
        </List>
      )}
    </section>
  );
}

interface Props {
  readonly project: string;
  readonly onClose: () => void;
  /** A policy was saved. */
  readonly onSaved: () => void;
}

/** Takes the policies of another registry over: what they become here, what not, and what they would do. */
export function ImportPolicies({ project, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const [format, setFormat] = useState<string>(FORMATS[0]);
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  const [found, setFound] = useState<Imported>();
  const read = useAct<Imported>(setFound);
  const write = (given: string) => {
    setText(given);
    setWrong(false);
    setFound(undefined);
  };
  function submit(): void {
    const document = parsed(text);
    setWrong(document === undefined);
    setFound(undefined);
    if (document === undefined) return;
    const path = under(project, "/retention-imports");
    read.change.mutate({ method: "POST", path, body: { format, document } });
  }
  return (
    <FormDialog
      title={t("retention.import")}
      submit={t("retention.read")}
      isWide
      isPending={read.change.isPending}
      error={read.error}
      canSubmit={text.trim() !== ""}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed">
        {t("retention.importIntro")}
      </Text>
      <NativeSelect
        label={t("retention.format")}
        value={format}
        data={FORMATS.map((value) => ({ value, label: t(`retention.formats.${value}`) }))}
        onChange={(event) => {
          setFormat(event.currentTarget.value);
          setFound(undefined);
        }}
      />
      <FileInput
        label={t("retention.file")}
        placeholder={t("retention.noFile")}
        accept="application/json,.json"
        onChange={(file) => {
          if (file !== null) void file.text().then(write);
        }}
      />
      <Textarea
        label={t("retention.json")}
        error={isWrong && t("retention.notJson")}
        autosize
        minRows={4}
        maxRows={12}
        spellCheck={false}
        value={text}
        onChange={(event) => write(event.currentTarget.value)}
      />
      {found !== undefined && (
        <Stack>
          <NotCarried items={found.notCarried} />
          {found.policies.length === 0 && <Text size="sm">{t("retention.noPolicies")}</Text>}
          {found.policies.map((policy) => (
            <ImportedPolicy key={policy.name} project={project} policy={policy} onSaved={onSaved} />
          ))}
        </Stack>
      )}
      {read.dialog}
    </FormDialog>
  );
}
