import { Breadcrumbs } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { fullName, type Place, shortDigest } from "../api/names.ts";

// Plain links with a class: tables have hundreds of them, and one as a component costs three.
export function ProjectLink({ name }: { readonly name: string }) {
  return (
    <Link className="link" to="/projects/$project/repositories" params={{ project: name }}>
      {name}
    </Link>
  );
}

export function RepositoryLink({
  place,
  children,
}: {
  readonly place: Place;
  readonly children?: ReactNode;
}) {
  return (
    <Link
      className="link"
      to="/projects/$project/repositories/$repository/tags"
      params={{ project: place.project, repository: place.repository }}
    >
      {children ?? fullName(place)}
    </Link>
  );
}

interface ArtifactProps {
  readonly place: Place;
  /** A tag or a digest. */
  readonly reference: string;
  readonly children?: ReactNode;
}

export function ArtifactLink({ place, reference, children }: ArtifactProps) {
  const params = { ...place, reference };
  return (
    <Link
      className="link"
      title={reference}
      to="/projects/$project/repositories/$repository/artifacts/$reference/overview"
      params={params}
    >
      {children ?? (reference.includes(":") ? shortDigest(reference) : reference)}
    </Link>
  );
}

/** The way back up. */
export function Trail({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("browse.trail")}>
      <Breadcrumbs className="trail">{children}</Breadcrumbs>
    </nav>
  );
}
